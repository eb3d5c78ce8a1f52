/** Every text of the page: Indonesian, English. */
import { WORDS as common } from './words-common.js';
import { WORDS as hands } from './words-hands.js';
import { WORDS as table } from './words-table.js';

/** @type {Record<string, [string, string]>} */
export const WORDS = { ...common, ...table, ...hands };
