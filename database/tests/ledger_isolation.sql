-- Only READ COMMITTED sees what the locks waited for: other levels are refused.
begin isolation level repeatable read;
select no_plan();

select throws_ok(
  $$ select public.post_transactions('{}', '{}', '{}', '{}', '{}', '{}') $$, '0A000', null,
  'post_transactions refuses REPEATABLE READ, even for an empty batch');
select * from finish();
rollback;
