const company =
  /\b(llc|inc|corp|co|ltd|llp|company|group|properties|management|services|apartments|hoa|church|school)\b\.?/i;

/** How a mail addresses a customer by the name in ServiceTitan; "there" when that is no person's first name. */
export function firstName(name: string, type: string | null): string {
  if (type === 'Commercial' || company.test(name)) return 'there';
  const [family = '', given] = name.split(',');
  const [word = ''] = (given ?? family).trim().split(/\s+/);
  // Anything else may be an address or an advertisement that somebody typed into a web form.
  if (!/^\p{L}[\p{L}'’-]{0,29}$/u.test(word)) return 'there';
  return word.length > 2 && word === word.toUpperCase()
    ? `${word.charAt(0)}${word.slice(1).toLowerCase()}`
    : word;
}
