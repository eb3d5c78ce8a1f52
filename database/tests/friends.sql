-- Friends, requests, blocks.
begin;
select plan(40);

set local role higgs_app;
select create_player('ayu', 'Ayu') as ayu \gset
select create_player('bagus', 'Bagus') as bagus \gset
select create_player('citra', 'Citra') as citra \gset
select create_player('robot', 'Robot', 'bot') as robot \gset

-- Asking and accepting ---------------------------------------------------------------------------

select is(request_friend(:'ayu', :'bagus'), 'requested', 'a player asks another');
select is(request_friend(:'ayu', :'bagus'), 'already_requested', 'once');
select results_eq(
  format($$ select kind, title, payload ->> 'user_id' from notifications where user_id = %L $$,
    :'bagus'),
  format($$ values ('friend_request', 'Ayu wants to be your friend', %L) $$, :'ayu'),
  'the other is told, once');
select is_empty(
  format('select from get_user_friends(%L)', :'ayu'), 'a request is no friendship yet');
select is(accept_friend(:'ayu', :'bagus'), 'no_request', 'nobody accepts their own request');
select is(accept_friend(:'bagus', :'ayu'), 'accepted', 'the other accepts');
select is(accept_friend(:'bagus', :'ayu'), 'already_friends', 'once');
select is(accept_friend(:'ayu', :'bagus'), 'already_friends', 'on both sides');
select is(request_friend(:'bagus', :'ayu'), 'already_friends', 'friends need not ask');
select results_eq(
  format('select friend_id, username, display_name from get_user_friends(%L)', :'ayu'),
  format($$ values (%L::uuid, 'bagus', 'Bagus') $$, :'bagus'), 'who asked sees the friend');
select results_eq(
  format('select friend_id from get_user_friends(%L)', :'bagus'),
  format('values (%L::uuid)', :'ayu'), 'who accepted sees the friend');
select is(
  (select count(*) from notifications where user_id = :'ayu' and kind = 'friend_accepted'),
  1::bigint, 'who asked is told');
select is(request_friend(:'citra', :'ayu'), 'requested', 'a third one asks');
select is(request_friend(:'ayu', :'citra'), 'accepted', 'asking who has asked is accepting');
select is(request_friend(:'ayu', :'robot'), 'requested', 'a bot may be asked');
select is_empty(
  format('select from notifications where user_id = %L', :'robot'), 'but is not told');
select is(
  (select friends from user_summary where user_id = :'ayu'), 2::bigint,
  'the summary counts friends, not requests');

-- What is hidden ---------------------------------------------------------------------------------

update users set last_seen_at = now() where id = :'bagus';
select isnt(
  (select last_seen_at from get_user_friends(:'ayu') where friend_id = :'bagus'), null,
  'friends see when one was there');
update user_profiles set show_online = false where user_id = :'bagus';
select is(
  (select last_seen_at from get_user_friends(:'ayu') where friend_id = :'bagus'), null,
  'unless one does not want it');
reset role;
update users set status = 'closed', closed_at = now() where id = :'citra';
set local role higgs_app;
select is(
  (select array_agg(username) from get_user_friends(:'ayu')), array['bagus'],
  'a closed account is nobody''s friend');
select is(
  request_friend(:'citra', :'bagus'), 'user_not_found', 'and cannot ask');
reset role;
update users set status = 'active', closed_at = null where id = :'citra';
set local role higgs_app;

-- Removing ---------------------------------------------------------------------------------------

select is(remove_friend(:'citra', :'ayu'), 'removed', 'a friendship ends from either side');
select is(remove_friend(:'citra', :'ayu'), 'not_friends', 'once');
select is(remove_friend(:'ayu', :'robot'), 'request_withdrawn', 'one''s own request is withdrawn');
select is(request_friend(:'citra', :'ayu'), 'requested', 'who was a friend may ask again');
select is(remove_friend(:'ayu', :'citra'), 'request_declined', 'the other''s request is declined');

-- Blocking ---------------------------------------------------------------------------------------

select is(block_user(:'bagus', :'ayu'), 'blocked', 'a friend is blocked');
select is(block_user(:'bagus', :'ayu'), 'already_blocked', 'once');
select is_empty(
  format('select from get_user_friends(%L) union all select from get_user_friends(%L)',
    :'ayu', :'bagus'), 'a block ends the friendship');
select is(
  request_friend(:'ayu', :'bagus'), 'user_not_found',
  'who is blocked learns no more than that nobody is there');
select is(
  request_friend(:'bagus', :'ayu'), 'blocked_by_you', 'who blocks is reminded of it');
select is(
  array[blocked_between(:'ayu', :'bagus'), blocked_between(:'bagus', :'ayu'),
    blocked_between(:'ayu', :'citra')],
  array[true, true, false], 'a block hides in both directions');
select is(unblock_user(:'ayu', :'bagus'), 'not_blocked', 'nobody ends the other''s block');
select is(block_user(:'ayu', :'bagus'), 'blocked', 'both may block each other');
select is(
  array[unblock_user(:'bagus', :'ayu'), unblock_user(:'ayu', :'bagus')],
  array['unblocked', 'unblocked'], 'each ends their own');
select is(request_friend(:'ayu', :'bagus'), 'requested', 'then they may meet again');

-- Limits and bad input ---------------------------------------------------------------------------

reset role;
update vip_levels set friends_max = 1 where level = 0;
set local role higgs_app;
select is(request_friend(:'ayu', :'citra'), 'requested', 'a request does not count as a friend');
select is(
  array[accept_friend(:'bagus', :'ayu'), accept_friend(:'citra', :'ayu')],
  array['accepted', 'friend_has_too_many'], 'the VIP level bounds who can be accepted');
select is(friends_left(:'ayu'), 0, 'nothing is left then');
select throws_ok(
  format($$ select request_friend(%L, %L) $$, :'ayu', :'ayu'), '22023', null,
  'nobody befriends themselves');

select finish();
rollback;
