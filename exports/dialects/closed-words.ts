/**
 * What OCPI 2.1.1 and 2.2.1 do alike with words that they do not have: left out of lists and of optional fields; an
 * image of an unknown category is one of another category (requirements, chapter 2.3).
 */
import { changeField, changeList, type Fields, keepWords } from './fields.ts';
import { type ClosedWords, isWordOf } from './words.ts';

/** Images of an object and logos of its businesses: `category` is required, and OTHER is a word of every version. */
export function closeImages(
  holder: Fields,
  words: ClosedWords,
  also: (image: Fields) => Fields = same,
): void {
  const close = (value: unknown): Fields => {
    const image = value as Fields;
    return also(isWordOf(words.imageCategories, image.category) ? image : { ...image, category: 'OTHER' });
  };
  changeList(holder, 'images', (images) => images.map(close));
  for (const role of ['operator', 'suboperator', 'owner']) {
    changeField(holder, role, (value) => {
      const details = { ...(value as Fields) };
      changeField(details, 'logo', close);
      return details;
    });
  }
}

/** The energy mix without impacts that the version has no word for. */
export function closeEnergyMix(
  holder: Fields,
  words: ClosedWords,
  also: (impact: Fields) => Fields = same,
): void {
  changeField(holder, 'energy_mix', (value) => {
    const mix = { ...(value as Fields) };
    changeList(mix, 'environ_impact', (impacts) =>
      (impacts as Fields[])
        .filter((impact) => isWordOf(words.environmentalImpacts, impact.category))
        .map(also),
    );
    return mix;
  });
}

/** The lists of words of an EVSE. */
export function closeEvseWords(evse: Fields, words: ClosedWords): void {
  keepWords(evse, 'capabilities', words.capabilities);
  keepWords(evse, 'parking_restrictions', words.parkingRestrictions);
}

function same(value: Fields): Fields {
  return value;
}
