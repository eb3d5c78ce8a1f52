-- Only READ COMMITTED sees what the locks waited for: functions that move chips or write the
-- journal refuse other levels.
begin isolation level repeatable read;
select no_plan();

select throws_ok(c.call, '0A000', null, c.what || ' refuses REPEATABLE READ')
from (values
  ($$ select public.post_transactions('{}', '{}', '{}', '{}', '{}', '{}') $$,
    'post_transactions, for an empty batch, too,'),
  ($$ select public.append_moves('{}', '{}', '{}', '{}', '{}', '{}', '{}') $$, 'append_moves'),
  ($$ select public.sit_down(public.new_id(), 1, 0, public.new_id(), 0::smallint, 1) $$,
    'sit_down'),
  ($$ select public.close_room(1, 0) $$, 'close_room'),
  ($$ select public.start_hand(
        public.new_id(), 1, 0, 1, '{}', sha256('a'), '\x00', '\x00', '{0,1}', '{a,b}') $$,
    'start_hand')
) as c (call, what);
select finish();
rollback;
