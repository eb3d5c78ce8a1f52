"""What people who do not see the page, or see it badly, are told."""

from harness.case import Stage, case

# Whatever can be pressed or is read as one thing has a name; nobody is told a picture's markup.
NAMELESS = """() => [...document.querySelectorAll(
    'button, a[href], input, [role=img], [role=group], [role=radiogroup], [role=dialog], dialog, nav')]
  .filter((node) => node.checkVisibility?.() ?? true)
  .filter((node) => {
    const ids = (node.getAttribute('aria-labelledby') ?? '').split(' ').filter(Boolean);
    const named = node.getAttribute('aria-label')
      || ids.map((id) => document.getElementById(id)?.textContent).join('')
      || [...(node.labels ?? [])].map((label) => label.textContent).join('')
      || (node.matches('button, a') ? node.textContent : '');
    return !named.trim();
  })
  .map((node) => node.outerHTML.slice(0, 120))"""
# Contrast of every text on a plain background, as WCAG 2 counts it. Backgrounds with a gradient
# count by their darkest and lightest stop.
CONTRAST = """() => {
  const rgba = (text) => {
    const numbers = text.match(/[\\d.]+%?/g)?.map(parseFloat) ?? [0, 0, 0];
    return [numbers[0], numbers[1], numbers[2], numbers[3] ?? 1];
  };
  const over = (top, under) => top.slice(0, 3).map((c, i) => c * top[3] + under[i] * (1 - top[3]));
  const light = (c) => {
    const [r, g, b] = c.map((v) => v / 255)
      .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => {
    const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05);
  };
  const backOf = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.backgroundImage !== 'none') return null;
      const colour = rgba(style.backgroundColor);
      if (colour[3] > 0) layers.push(colour);
      if (colour[3] === 1) break;
    }
    if (layers.length === 0 || layers.at(-1)[3] < 1) return null;
    return layers.reverse().reduce((under, layer) => over(layer, under), [0, 0, 0]);
  };
  const bad = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !(node.checkVisibility?.() ?? true)) continue;
    const style = getComputedStyle(node);
    const back = backOf(node);
    if (!back || style.visibility === 'hidden' || node.closest('.visually-hidden, [disabled]')) continue;
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const found = ratio(over(rgba(style.color), back), back);
    if (found < (large ? 3 : 4.5)) bad.push(`${found.toFixed(2)}: ${node.textContent.slice(0, 40)}`);
  }
  return bad;
}"""
SMALL = """() => [...document.querySelectorAll('button, a[href]')]
  .filter((node) => (node.checkVisibility?.() ?? true) && !node.closest('.visually-hidden'))
  .map((node) => [node, node.getBoundingClientRect()])
  .filter(([node, box]) => box.width > 0 && !node.matches('.slot, .hand__tile, .skip')
    && (box.width < 43.5 || box.height < 43.5))
  .map(([node, box]) => `${node.className} ${box.width}x${box.height}`)"""


def demand_access(player, what: str) -> None:
  nameless = player.page.evaluate(NAMELESS)
  assert not nameless, f"{what}: no name: {nameless}"
  pale = player.page.evaluate(CONTRAST)
  assert not pale, f"{what}: too little contrast: {pale}"
  small = player.page.evaluate(SMALL)
  assert not small, f"{what}: too small for a finger: {small}"


@case
def every_screen_has_names(stage: Stage):
  """Whatever can be pressed has a name, contrast and size, on every screen"""
  player = stage.player(language="en")
  player.open()
  player.page.wait_for_selector(".door__play")
  demand_access(player, "the door")
  player.enter("Rizky")
  player.page.wait_for_selector(".game")
  demand_access(player, "the lobby")
  player.page.get_by_role("button", name="Settings").click()
  demand_access(player, "the profile")
  player.page.keyboard.press("Escape")
  player.own_table()
  player.wait_for_deal()
  player.wait_for_turn()
  demand_access(player, "the table")
  result = player.play_hand()
  assert all(player.verify_deal())
  demand_access(player, "the result")
  for hash, selector in (("#/hands", ".handrow"), ("#/wallet", ".move"),
                         (f"#/hands/{result['hand']}", ".replay")):
    player.go(hash)
    player.page.wait_for_selector(selector)
    demand_access(player, hash)


@case
def the_table_is_told(stage: Stage):
  """The line, the rack and every turn are told in words"""
  player = stage.seated(language="en")
  assert player.wait_for_turn()
  player.page.wait_for_selector("[role=status] >> text=Your turn")
  tile = player.page.locator(".hand__tile[data-fits]").first.get_attribute("aria-label")
  assert tile.startswith("Tile ") and tile.endswith("fits"), tile
  player.place_by_click()
  label = player.page.locator(".line").get_attribute("aria-label")
  assert "Left end" in label and "Line of tiles" in label, label
  told = player.page.locator("#announce")
  player.wait_until(lambda: "placed" in told.inner_text() or "passed" in told.inner_text(),
                    what="the move in words")


@case
def the_focus_is_seen(stage: Stage):
  """The focus is visible wherever the keyboard goes"""
  player = stage.guest(language="en")
  seen = set()
  for _ in range(14):
    player.page.keyboard.press("Tab")
    style = player.page.evaluate("""() => {
      const style = getComputedStyle(document.activeElement);
      return [document.activeElement.className, style.outlineStyle, parseFloat(style.outlineWidth)];
    }""")
    if player.page.evaluate("() => document.activeElement === document.body"):
      continue  # once round
    seen.add(style[0])
    assert style[1] != "none" and style[2] >= 2, style
  assert len(seen) > 4, seen
