/**
 * Which elements of a speaker's lists are likely known: by the beginnings of the hashes of all inputs that it brought
 * and that still stand. They are read once a list and take a few megabytes for a national feed. What is recognised has
 * yet to be confirmed, at its turn, by the whole hash (`db/reads/known-inputs.ts`).
 */
import type { Knex } from 'knex';
import type { Module, Speaker } from '../db/model.ts';
import { inputPrefix, readInputPrefixes } from '../db/reads/known-inputs.ts';
import { inputHashOf } from './identify.ts';
import type { Recognise } from './json-element.ts';

/** Makes the recogniser of one list. */
export async function createRecogniser(
  knex: Knex,
  by: { readonly speaker: Speaker; readonly version: string; readonly strictness: string },
  module: Module,
): Promise<Recognise> {
  const prefixes = await readInputPrefixes(knex, module, by.speaker);
  if (prefixes.size === 0) return () => false;
  return (digest) => prefixes.has(inputPrefix(inputHashOf(by.version, by.strictness, digest)));
}
