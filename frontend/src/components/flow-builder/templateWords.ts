const otherBranches = /{%-?\s*(?:else|elsif)\b[\s\S]*?{%-?\s*end(?:if|unless|case)\s*-?%}/g;
const tags = /{%-?[\s\S]*?-?%}/g;
const outputs = /{{-?\s*([\w.]+)[\s\S]*?-?}}/g;

/** A Liquid template as a reader may expect it: the first branch, with names in place of values. */
export function templateWords(template: string): string {
  return template
    .replaceAll(otherBranches, '')
    .replaceAll(tags, '')
    .replaceAll(outputs, (_, path: string) => `[${inWords(path)}]`)
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function inWords(path: string): string {
  const [owner = '', name = ''] = path.split('.');
  const spaced = (name || owner).replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return name === 'name' || name === 'date' || name === 'total' ? `${owner} ${spaced}` : spaced;
}
