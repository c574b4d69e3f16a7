import type { NewContact } from '../office/contacts.ts';
import type { NewCustomer } from '../office/customers.ts';
import type { Random } from '../random.ts';

const firstNames = [
  'Ada',
  'Bruno',
  'Clementine',
  'Dexter',
  'Elspeth',
  'Fitz',
  'Greta',
  'Horatio',
  'Imogen',
  'Jasper',
  'Kiki',
  'Lorenzo',
  'Mabel',
  'Nigel',
  'Ottilie',
  'Percy',
  'Quilla',
  'Rufus',
  'Saskia',
  'Tobias',
  'Ursula',
  'Vito',
  'Winifred',
  'Xander',
  'Yara',
  'Zeno',
  'José',
  'Søren',
  'Łukasz',
  'Zoë',
  '陈',
] as const;
const lastNames = [
  'Applewood',
  'Brambleton',
  'Cloverfield',
  'Dapplegrove',
  'Elderbrook',
  'Fernhollow',
  'Goosefeather',
  'Honeydew',
  'Inkwell',
  'Juniperdale',
  'Kettlewick',
  'Larkspurian',
  'Marshmallow',
  'Nettlefold',
  'Orchardson',
  'Pumpernickel',
  'Quillfeather',
  'Rivermoss',
  'Snapdragon',
  'Thistledown',
  'Umberfield',
  'Velvetine',
  'Willowmere',
  'Yarrowby',
  'Nuñez',
  "O'Brien",
  'Østerberry',
  'van der Plum',
] as const;
const streets = [
  'Imaginary Ave',
  'Sample St',
  'Placeholder Ln',
  'Fictional Blvd',
  'Pretend Ct',
  'Specimen Way',
] as const;
const mailDomains = ['example.com', 'example.net', 'example.org'] as const;

interface Region {
  readonly state: string;
  readonly area: string;
  readonly places: readonly (readonly [city: string, zip: string])[];
  readonly latitude: number;
  readonly longitude: number;
}

const southernCalifornia: Region = {
  state: 'CA',
  area: '213',
  places: [
    ['Los Angeles', '90001'],
    ['Pasadena', '91101'],
    ['Irvine', '92602'],
    ['Long Beach', '90802'],
  ],
  latitude: 34.05,
  longitude: -118.24,
};
const northTexas: Region = {
  state: 'TX',
  area: '214',
  places: [
    ['Dallas', '75201'],
    ['Fort Worth', '76102'],
    ['Plano', '75023'],
    ['Arlington', '76010'],
  ],
  latitude: 32.78,
  longitude: -96.8,
};

export interface InventOptions {
  readonly timeZone: string;
  /** Makes the mail address unlike every other. */
  readonly number: number | string;
  readonly emails?: number;
  readonly members?: Partial<NewCustomer>;
}

/** A person who clearly does not exist: reserved mail domains, 555-01xx numbers, streets of no town. */
export function inventCustomer(
  random: Random,
  { timeZone, number, emails = 1, members }: InventOptions,
): NewCustomer {
  const region = timeZone === 'America/Chicago' ? northTexas : southernCalifornia;
  const [first, last] = [random.pick(firstNames), random.pick(lastNames)];
  const [city, zip] = random.pick(region.places);
  const address = {
    street: `${random.int(1, 999)} ${random.pick(streets)}`,
    unit: random.chance(0.15) ? `Apt ${random.int(1, 40)}` : null,
    city,
    state: region.state,
    zip,
    country: 'USA',
    latitude: Number((region.latitude + random.between(-0.3, 0.3)).toFixed(5)),
    longitude: Number((region.longitude + random.between(-0.3, 0.3)).toFixed(5)),
  };
  const phone = `(${region.area}) 555-01${String(random.int(0, 99)).padStart(2, '0')}`;
  const contacts: NewContact[] = [{ type: 'MobilePhone', value: phone }];
  for (let index = 0; index < emails; index += 1) {
    const local = `${plainLetters(first)}.${plainLetters(last)}${number}${index === 0 ? '' : `.${index + 1}`}`;
    contacts.push({ type: 'Email', value: `${local}@${random.pick(mailDomains)}` });
  }
  return {
    name: `${first} ${last}`,
    address,
    locations: [{ name: `${last} residence`, address, contacts }],
    contacts,
    ...members,
  };
}

const letters: Readonly<Record<string, string>> = { ø: 'o', ł: 'l', 陈: 'chen' };

/** A name as mail addresses write it: José is jose. */
function plainLetters(name: string): string {
  return name
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/[øł陈]/g, (letter) => letters[letter] ?? '')
    .replaceAll(/[^a-z]/g, '');
}
