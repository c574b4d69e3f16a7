import type { ServiceTitanConfig } from '../ServiceTitanConfig.ts';

const fields = [
  { name: 'clientId', title: 'client ID', one: 'a client ID', prefix: 'cid.' },
  { name: 'clientSecret', title: 'client secret', one: 'a client secret', prefix: 'cs1.' },
  { name: 'appKey', title: 'application key', one: 'an application key', prefix: 'ak1.' },
] as const;

/** Blanks, line breaks, invisible characters and quotation marks: what copying leaves behind. */
const strayCharacters = /[\s\p{Cc}\p{Cf}"'`“”‘’<>]/u;

type Field = (typeof fields)[number]['name'];

/**
 * Sentences about credentials that look misplaced or damaged; the values are not in them. The prefixes are what
 * ServiceTitan is seen to use, so they explain a refusal and never refuse anything themselves.
 */
export function findMisplaced(config: ServiceTitanConfig, names: readonly Field[]): string[] {
  return fields
    .filter(({ name }) => names.includes(name))
    .flatMap(({ name, title, prefix }) => {
      const value = config[name];
      const owner = fields.find((field) => field.prefix !== prefix && value.startsWith(field.prefix));
      return [
        ...(owner ? [`The field for the ${title} holds what looks like ${owner.one}.`] : []),
        ...(strayCharacters.test(value)
          ? [`The ${title} holds a blank, a line break, a quotation mark or an invisible character.`]
          : []),
      ];
    });
}
