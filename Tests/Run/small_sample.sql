-- Takes the place of the sample where a test needs only to see that it was loaded, once.
\set ON_ERROR_STOP on
create table small_sample (loaded integer not null);
insert into small_sample (loaded) values (1);
\echo 'The sample is loaded: one row'
