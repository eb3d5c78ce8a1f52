-- Fair deals in plain SQL: the deck that follows from a server seed, client seeds and a nonce.
-- The functions live in pg_temp and end with the session.

create function pg_temp.hmac_pad(key bytea, filler integer)
returns bytea
language plpgsql
immutable
strict
as $function$
declare
  block_bytes constant integer := 64;
  pad bytea := decode(repeat(lpad(to_hex(filler), 2, '0'), block_bytes), 'hex');
begin
  if octet_length(key) > block_bytes then
    raise exception 'the key has % bytes, more than %', octet_length(key), block_bytes;
  end if;
  for place in 0 .. octet_length(key) - 1 loop
    pad := set_byte(pad, place, get_byte(key, place) # filler);
  end loop;
  return pad;
end
$function$;

create function pg_temp.hmac_sha256(key bytea, message bytea)
returns bytea
language sql
immutable
strict
return sha256(
  pg_temp.hmac_pad(key, 92) || sha256(pg_temp.hmac_pad(key, 54) || message));

-- Fisher–Yates over the tile ids 0..27. Words are big-endian, eight of each block; one that would
-- make some tiles likelier than others is thrown away.
create function pg_temp.fair_deck(server_seed bytea, client_seeds text, nonce integer)
returns integer[]
language plpgsql
immutable
strict
as $function$
declare
  words_in_block constant integer := 8;
  all_words constant bigint := 4294967296;
  inner_pad constant bytea := pg_temp.hmac_pad(server_seed, 54);
  outer_pad constant bytea := pg_temp.hmac_pad(server_seed, 92);
  deck integer[] := array(select tile from generate_series(0, 27) as s (tile) order by tile);
  block bytea;
  blocks integer := 0;
  words_left integer := 0;
  word bigint;
  other integer;
  kept integer;
begin
  for place in reverse 27 .. 1 loop
    loop
      if words_left = 0 then
        block := sha256(outer_pad || sha256(
          inner_pad || convert_to(client_seeds || ':' || nonce || ':' || blocks, 'UTF8')));
        blocks := blocks + 1;
        words_left := words_in_block;
      end if;
      other := 4 * (words_in_block - words_left);
      word := get_byte(block, other)::bigint * 16777216 + get_byte(block, other + 1) * 65536
        + get_byte(block, other + 2) * 256 + get_byte(block, other + 3);
      words_left := words_left - 1;
      exit when word < all_words - all_words % (place + 1);
    end loop;
    other := word % (place + 1);
    kept := deck[place + 1];
    deck[place + 1] := deck[other + 1];
    deck[other + 1] := kept;
  end loop;
  return deck;
end
$function$;
