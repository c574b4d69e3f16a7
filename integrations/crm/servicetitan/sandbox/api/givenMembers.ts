/** Only the members that say something: in a body that makes a record, null is the same as absent. */
export function givenMembers<Body extends object>(
  body: Body,
): { [Key in keyof Body]: NonNullable<Body[Key]> } {
  const given: { [Key in keyof Body]: NonNullable<Body[Key]> } = Object.create(null);
  return Object.assign(
    given,
    Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined && value !== null)),
  );
}
