/**
 * What open data shows of an object, as SQL, in one place: see the migration `0012-published-document.ts`.
 */
import type { Module } from '../model.ts';

/** The document as the journal last told of it, of a row of the module's table. */
export const PUBLISHED_DOCUMENT: Readonly<Record<Module, string>> = {
  locations: 'coalesce(location.published_document, location.document)',
  tariffs: 'coalesce(tariff.published_document, tariff.document)',
};

/** Whether a row of the module's table is shown to everybody (OD-01, OD-02, LR-20, LR-22). */
export const IS_SHOWN: Readonly<Record<Module, string>> = {
  locations: 'location.public',
  tariffs: 'not tariff.withheld',
};
