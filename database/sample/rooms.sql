-- The rooms of the sample: Gaple at every tier, a duel, a private one, one that is closed by now,
-- and tables of the other games that wait for players.

create temporary table sample_rooms (
  room_id bigint primary key,
  -- Of ten evenings, on how many it is played at.
  evenings integer not null,
  hands_max integer not null,
  last_day integer not null
);

with opened as (
  select
    r.ordinal, open_room(r.tier, r.name) as room_id, r.evenings, r.hands_max, r.last_day
  from (values
    (1, 'gaple_warung', 'Warung Bu Sari', 10, 13, 1),
    (2, 'gaple_warung', 'Warung Pojok', 9, 13, 1),
    (3, 'gaple_warung', 'Warung Malam', 8, 13, 1),
    (4, 'gaple_kampung', 'Kampung Melati', 10, 13, 1),
    (5, 'gaple_kampung', 'Kampung Durian', 8, 13, 1),
    (6, 'gaple_kampung', 'Kampung Sawah', 7, 12, 1),
    (7, 'gaple_kota', 'Kota Tua', 9, 12, 1),
    (8, 'gaple_kota', 'Kota Baru', 7, 12, 1),
    (9, 'gaple_istana', 'Istana Gading', 8, 11, 1),
    (10, 'gaple_warung', 'Warung Lama', 9, 12, 10)
  ) as r (ordinal, tier, name, evenings, hands_max, last_day)
  order by r.ordinal
)
insert into sample_rooms
select o.room_id, o.evenings, o.hands_max, o.last_day from opened as o;

insert into sample_rooms
values
  (create_room('Duel Cepat', 'gaple', 'COINS', 500, 10000, 100000, 2::smallint, 250::smallint,
    10000), 8, 14, 1),
  (create_room('Meja Ayu', 'gaple', 'COINS', 200, 4000, 40000, 4::smallint,
    room_visibility => 'private', room_join_code => 'AYU2468',
    room_creator => user_id_of('ayu')), 5, 12, 1);

select
  create_room('Klub QiuQiu', 'qiuqiu', 'COINS', 500, 10000, 200000, 7::smallint, 300::smallint,
    20000),
  create_room('Bandar Sore', 'bandar_qq', 'COINS', 500, 10000, 200000, 8::smallint, 300::smallint,
    20000),
  create_room('Block Club', 'block', 'COINS', 1000, 10000, 100000, 4::smallint),
  create_room('Draw for Two', 'draw', 'COINS', 1000, 10000, 100000, 2::smallint),
  create_room('All Fives', 'all_fives', 'GEMS', 1, 5, 50, 4::smallint);

update game_rooms as r
set created_at = t.midnight - interval '34 days' + r.id * interval '7 minutes'
from sample_time as t;
