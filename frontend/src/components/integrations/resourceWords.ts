/** A resource's key as a title: "customer_contacts" as "Customer contacts". */
export function resourceWords(resource: string): string {
  const words = resource.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
