-- Identifiers: their versions, what they follow from, and the times that they cannot hold.
begin;
select no_plan();

select ok(is_version_7(c.id), c.what || ' is of version 7')
from (values
  (new_id(), 'a new identifier'), (id_at(now()), 'one of a moment'),
  (id_at('1970-01-01 00:00+00'), 'one of the first moment'),
  (id_at('10889-08-02 05:31:50.655+00'), 'one of the last'),
  (derive_id(now(), 'a', 'b', 1), 'a derived one')
) as c (id, what);
select ok(not is_version_7(c.id), c.what || ' is not')
from (values
  (gen_random_uuid(), 'a random one'), (id_lower_bound(now()), 'a bound'),
  (reserved_id(now(), 'a', 'b', 1), 'a reserved one'),
  ('ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid, 'the highest')
) as c (id, what);
select is(is_version_7(null), null, 'of none nothing is known');

select is(
  reserved_id('2026-03-01 12:00+00', 'a', 'b', 1),
  overlay(derive_id('2026-03-01 12:00+00', 'a', 'b', 1)::text placing '8' from 15)::uuid,
  'a reserved identifier is the derived one with version 8');
select is(
  array[id_time(reserved_id(t.t, 'a', 'b', 1)), id_time(derive_id(t.t, 'a', 'b', 1)),
    id_time(id_at(t.t))],
  array[t.t, t.t, t.t], 'each holds its time')
from (values (timestamptz '2026-03-01 12:00:00.123+00')) as t (t);
select is(
  (
    select count(distinct i.id)::integer
    from (values ('a', 'b', 1), ('a', 'b', 2), ('ab', '', 1), ('', 'ab', 1)) as s (a, b, n)
    cross join lateral (
      values (reserved_id('2026-03-01', s.a, s.b, s.n)), (derive_id('2026-03-01', s.a, s.b, s.n))
    ) as i (id)
  ), 8, 'other events have other identifiers');

select throws_ok(
  format(c.call, t.t), '22008', null, format('%s is refused by %s', t.t, c.call))
from (values
  ('select id_at(%L)'), ('select id_lower_bound(%L)'), ('select derive_id(%L, ''a'', ''b'', 1)'),
  ('select reserved_id(%L, ''a'', ''b'', 1)')
) as c (call)
cross join (values
  ('1969-12-31 23:59:59.999+00'), ('infinity'), ('-infinity'), ('10889-08-02 05:31:50.656+00')
) as t (t);
select throws_like(
  $$ select id_lower_bound('0001-01-01 00:00+00') $$,
  '%is no time that an identifier can hold%', 'and the error says so');
select is(
  array[id_at(null), id_lower_bound(null), derive_id(null, 'a', 'b', 1),
    derive_id(now(), null, 'b', 1), derive_id(now(), 'a', null, 1),
    derive_id(now(), 'a', 'b', null), reserved_id(null, 'a', 'b', 1)],
  array_fill(null::uuid, array[7]), 'of no time, or no event, there is none');
select ok(
  id_lower_bound('2026-03-01') < id_at('2026-03-01')
    and id_at('2026-03-01') < id_lower_bound(timestamptz '2026-03-01' + interval '1 millisecond'),
  'a bound lies below every identifier of its millisecond');

select finish();
rollback;
