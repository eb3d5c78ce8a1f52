-- 003 Social features: friendships, messages, notifications, reports, the audit log.

set role higgs_owner;

create table public.friendships (
  user_id uuid not null,
  other_id uuid not null,
  status text not null default 'pending',
  created_at timestamptz not null default now(),
  accepted_at timestamptz,
  constraint friendships_pkey primary key (user_id, other_id),
  constraint friendships_user_id_fkey foreign key (user_id) references public.users (id),
  constraint friendships_other_id_fkey foreign key (other_id) references public.users (id),
  constraint friendships_not_oneself check (user_id <> other_id),
  constraint friendships_status_known check (status in ('pending', 'accepted', 'blocked')),
  constraint friendships_acceptance_whole
    check ((status = 'accepted') = (accepted_at is not null))
);
comment on table public.friendships is
  'Friends, requests for friendship, and blocks.';
comment on column public.friendships.user_id is 'Who asked, or who blocks.';
comment on column public.friendships.other_id is 'Who was asked, or who is blocked.';
comment on column public.friendships.status is 'pending, accepted or blocked.';
comment on column public.friendships.created_at is 'When it was asked, or blocked.';
comment on column public.friendships.accepted_at is 'When the request was accepted.';
create index friendships_other_id_idx on public.friendships (other_id, status);
create unique index friendships_pair_key
  on public.friendships (least(user_id, other_id), greatest(user_id, other_id))
  where status in ('pending', 'accepted');

create table public.messages (
  id uuid not null default public.new_id(),
  sender_id uuid not null,
  recipient_id uuid,
  room_id bigint,
  body text not null,
  read_at timestamptz,
  hidden_at timestamptz,
  hidden_by uuid,
  constraint messages_pkey primary key (id),
  constraint messages_sender_id_fkey foreign key (sender_id) references public.users (id),
  constraint messages_recipient_id_fkey foreign key (recipient_id) references public.users (id),
  constraint messages_room_id_fkey foreign key (room_id) references public.game_rooms (id),
  constraint messages_hidden_by_fkey foreign key (hidden_by) references public.users (id),
  constraint messages_one_target check (num_nonnulls(recipient_id, room_id) = 1),
  constraint messages_body_length check (length(body) between 1 and 500),
  constraint messages_hiding_whole check ((hidden_at is null) = (hidden_by is null))
) partition by range (id);
comment on table public.messages is
  'Private messages and what was said at tables. Bodies are seen by the parties and by moderators
only.';
comment on column public.messages.id is 'Version-7 identifier; its time is when it was sent.';
comment on column public.messages.sender_id is 'Who wrote it.';
comment on column public.messages.recipient_id is 'Who receives it; null for a message to a room.';
comment on column public.messages.room_id is 'Room it was said in; null for a private message.';
comment on column public.messages.body is 'The text, at most 500 characters.';
comment on column public.messages.read_at is 'When the recipient read it.';
comment on column public.messages.hidden_at is 'When a moderator took it out of sight.';
comment on column public.messages.hidden_by is 'Which moderator.';
create index messages_sender_id_idx on public.messages (sender_id, id);
create index messages_recipient_id_idx on public.messages (recipient_id, id)
  where recipient_id is not null;
create index messages_room_id_idx on public.messages (room_id, id) where room_id is not null;
create index messages_hidden_by_idx on public.messages (hidden_by) where hidden_by is not null;

create table public.notifications (
  id uuid not null default public.new_id(),
  user_id uuid not null,
  kind text not null,
  title text not null,
  body text not null default '',
  payload jsonb not null default '{}',
  read_at timestamptz,
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  constraint notifications_pkey primary key (id),
  constraint notifications_user_id_fkey foreign key (user_id) references public.users (id),
  constraint notifications_kind_format check (kind ~ '^[a-z][a-z_]{0,31}$'),
  constraint notifications_title_length check (length(title) between 1 and 100),
  constraint notifications_body_length check (length(body) <= 500),
  constraint notifications_payload_object
    check (jsonb_typeof(payload) = 'object' and length(payload::text) <= 4000)
);
comment on table public.notifications is
  'What a player is to be told, until it is read.';
comment on column public.notifications.id is 'Version-7 identifier.';
comment on column public.notifications.user_id is 'Who is told.';
comment on column public.notifications.kind is
  'friend_request, gift, tournament, achievement, moderation, system and so on.';
comment on column public.notifications.title is 'Headline.';
comment on column public.notifications.body is 'Text.';
comment on column public.notifications.payload is 'What a client needs to act on it.';
comment on column public.notifications.read_at is 'When it was read.';
comment on column public.notifications.expires_at is 'When it is of no more use.';
comment on column public.notifications.created_at is 'When it was made.';
create index notifications_user_id_idx on public.notifications (user_id, id desc);
create index notifications_unread_user_id_idx on public.notifications (user_id)
  where read_at is null;
create index notifications_expires_at_idx on public.notifications (expires_at)
  where expires_at is not null;

create table public.user_reports (
  id uuid not null default public.new_id(),
  reporter_id uuid not null,
  reported_id uuid not null,
  reason text not null,
  details text not null default '',
  room_id bigint,
  hand_id uuid,
  message_id uuid,
  status text not null default 'open',
  handled_by uuid,
  resolution text,
  handled_at timestamptz,
  created_at timestamptz not null default now(),
  constraint user_reports_pkey primary key (id),
  constraint user_reports_reporter_id_fkey foreign key (reporter_id) references public.users (id),
  constraint user_reports_reported_id_fkey foreign key (reported_id) references public.users (id),
  constraint user_reports_room_id_fkey foreign key (room_id) references public.game_rooms (id),
  constraint user_reports_hand_id_fkey foreign key (hand_id) references public.game_hands (id),
  constraint user_reports_handled_by_fkey foreign key (handled_by) references public.users (id),
  constraint user_reports_not_oneself check (reporter_id <> reported_id),
  constraint user_reports_reason_known
    check (reason in ('collusion', 'abuse', 'cheating', 'spam', 'name', 'other')),
  constraint user_reports_details_length check (length(details) <= 2000),
  constraint user_reports_status_known
    check (status in ('open', 'in_review', 'upheld', 'dismissed')),
  constraint user_reports_resolution_length check (length(resolution) between 1 and 2000),
  constraint user_reports_decision_whole check (
    (status in ('upheld', 'dismissed')) = (handled_at is not null)
    and (status in ('upheld', 'dismissed')) = (resolution is not null)
    and (status = 'open') = (handled_by is null))
);
comment on table public.user_reports is
  'Reports of players about players, and what moderators made of them.';
comment on column public.user_reports.id is 'Version-7 identifier.';
comment on column public.user_reports.reporter_id is 'Who reports.';
comment on column public.user_reports.reported_id is 'Who is reported.';
comment on column public.user_reports.reason is 'collusion, abuse, cheating, spam, name, other.';
comment on column public.user_reports.details is 'In the reporter''s words.';
comment on column public.user_reports.room_id is 'Where it happened.';
comment on column public.user_reports.hand_id is 'Hand that it happened in.';
comment on column public.user_reports.message_id is
  'Message that it is about. No foreign key: messages are partitioned and end sooner.';
comment on column public.user_reports.status is 'open, in_review, upheld, dismissed.';
comment on column public.user_reports.handled_by is 'Which moderator.';
comment on column public.user_reports.resolution is 'What was decided.';
comment on column public.user_reports.handled_at is 'When it was decided.';
comment on column public.user_reports.created_at is 'When it was reported.';
create index user_reports_reporter_id_idx on public.user_reports (reporter_id);
create index user_reports_reported_id_idx on public.user_reports (reported_id, created_at desc);
create index user_reports_room_id_idx on public.user_reports (room_id) where room_id is not null;
create index user_reports_hand_id_idx on public.user_reports (hand_id) where hand_id is not null;
create index user_reports_handled_by_idx on public.user_reports (handled_by)
  where handled_by is not null;
create index user_reports_queue_idx on public.user_reports (created_at)
  where status in ('open', 'in_review');

create table public.audit_logs (
  id uuid not null default public.new_id(),
  actor_id uuid,
  database_user text not null default session_user,
  action text not null,
  target_type text,
  target_id text,
  reason text,
  details jsonb not null default '{}',
  address inet,
  request_id text,
  constraint audit_logs_pkey primary key (id),
  constraint audit_logs_database_user_length check (length(database_user) between 1 and 63),
  constraint audit_logs_action_format check (action ~ '^[a-z][a-z_]*(\.[a-z_]+)+$'),
  constraint audit_logs_action_length check (length(action) <= 64),
  constraint audit_logs_target_type_length check (length(target_type) between 1 and 32),
  constraint audit_logs_target_id_length check (length(target_id) between 1 and 64),
  constraint audit_logs_target_whole check ((target_type is null) = (target_id is null)),
  constraint audit_logs_reason_length check (length(reason) between 1 and 500),
  constraint audit_logs_details_object
    check (jsonb_typeof(details) = 'object' and length(details::text) <= 8000),
  constraint audit_logs_request_id_length check (length(request_id) between 1 and 64)
) partition by range (id);
comment on table public.audit_logs is
  'Every privileged act and every change of access, written in the act''s own transaction.
Append-only.';
comment on column public.audit_logs.id is 'Version-7 identifier; its time is when it happened.';
comment on column public.audit_logs.actor_id is
  'Who did it; null for the system or for someone at psql.';
comment on column public.audit_logs.database_user is 'Database role that was used.';
comment on column public.audit_logs.action is
  'What was done, such as wallet.frozen or hand.voided.';
comment on column public.audit_logs.target_type is 'Kind of thing it was done to.';
comment on column public.audit_logs.target_id is 'Identifier of that thing.';
comment on column public.audit_logs.reason is 'Why, in the actor''s words.';
comment on column public.audit_logs.details is 'Before and after, without secrets.';
comment on column public.audit_logs.address is 'Network address of the actor.';
comment on column public.audit_logs.request_id is 'X-Request-ID of the request.';
create index audit_logs_actor_id_idx on public.audit_logs (actor_id, id)
  where actor_id is not null;
create index audit_logs_target_idx on public.audit_logs (target_type, target_id, id)
  where target_id is not null;
create index audit_logs_action_idx on public.audit_logs (action, id);
create trigger refuse_change before update or delete on public.audit_logs
  for each row execute function public.refuse_change();
alter table public.audit_logs enable always trigger refuse_change;
create trigger refuse_truncate before truncate on public.audit_logs
  for each statement execute function public.refuse_change();
alter table public.audit_logs enable always trigger refuse_truncate;

do $partitions$ begin perform public.ensure_partitions(); end $partitions$;

-- Rights -----------------------------------------------------------------------------------------

grant select on
  public.friendships, public.messages, public.notifications, public.user_reports,
  public.audit_logs
to higgs_app;
grant insert, update, delete on public.friendships, public.notifications to higgs_app;
grant insert, update on public.messages, public.user_reports to higgs_app;

grant select on public.friendships to higgs_readonly;
grant select (id, sender_id, recipient_id, room_id, read_at, hidden_at, hidden_by)
  on public.messages to higgs_readonly;
grant select (id, user_id, kind, read_at, expires_at, created_at)
  on public.notifications to higgs_readonly;
grant select (
  id, reporter_id, reported_id, reason, room_id, hand_id, status, handled_by, handled_at,
  created_at
) on public.user_reports to higgs_readonly;
grant select (id, actor_id, database_user, action, target_type, target_id)
  on public.audit_logs to higgs_readonly;

reset role;
