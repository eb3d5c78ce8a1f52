/** The result of a hand in figures and words; no page in here. */

/**
 * What each seat won and lost, and why, from the payments of a `hand.ended`.
 * @param {any} result
 * @returns {Map<number, {net: number, rake: number, won: number, due: number, short: number,
 *   passesPaid: {count: number, amount: number}, passesGot: {count: number, amount: number}}>}
 */
export function itemise(result) {
  const blank = () => ({
    net: 0, rake: 0, won: 0, due: 0, short: 0,
    passesPaid: { count: 0, amount: 0 }, passesGot: { count: 0, amount: 0 },
  });
  const rows = new Map((result.net ?? []).map(({ seat, net, rake }) =>
    [seat, { ...blank(), net, rake: rake ?? 0 }]));
  const row = (seat) => rows.get(seat) ?? rows.set(seat, blank()).get(seat);
  for (const { from, to, due, amount, reason } of result.payments ?? []) {
    if (to === null || to === undefined) continue; // the rake has its own field
    if (/pass/i.test(reason ?? '')) {
      count(row(from).passesPaid, amount);
      count(row(to).passesGot, amount);
    } else {
      row(from).won -= amount;
      row(from).due += due ?? amount;
      row(from).short += Math.max(0, (due ?? amount) - amount);
      row(to).won += amount;
    }
  }
  return rows;
}

function count(passes, amount) {
  passes.count += 1;
  passes.amount += amount;
}

/** The key of the words that say why the winner won so much. */
export function whyWon({ blocked, multiplier }) {
  if (blocked) return 'winBlocked';
  return { 3: 'winDouble', 4: 'winBoth', 5: 'winDoubleBoth' }[multiplier] ?? 'winSingle';
}

/** `2.5%` from basis points. */
export const percentOf = (rake) => (rake?.basis_points ? `${rake.basis_points / 100}%` : '');
