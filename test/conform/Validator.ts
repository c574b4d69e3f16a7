import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { Schema } from './jsonSchema.ts';

/** Words for the reader of a text; they do not narrow what it may be. */
const textFormats = ['html', 'multiline', 'phone', 'password', 'binary'];
/** What .NET writes for a span of time: `[-][d.]hh:mm:ss[.fffffff]`, not the ISO 8601 duration of the same name. */
const timeSpan = /^-?(?:\d+\.)?\d{2}:\d{2}:\d{2}(?:\.\d{1,7})?$/;
const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Says where a value is not as its schema demands. */
export class Validator {
  readonly #ajv: Ajv;
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(components: ReadonlyMap<string, Schema>) {
    // `strict` fails on formats and words that are unknown here: they would go unchecked.
    this.#ajv = new Ajv({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
    // The package's types name its CommonJS export only.
    addFormats.default(this.#ajv, ['date-time', 'date', 'email', 'int32', 'int64', 'float', 'double']);
    for (const format of textFormats) this.#ajv.addFormat(format, true);
    this.#ajv.addFormat('decimal', { type: 'number', validate: () => true });
    this.#ajv.addFormat('guid', guid);
    this.#ajv.addFormat('duration', timeSpan);
    this.#ajv.addVocabulary(['components']);
    for (const [id, schemas] of byDocument(components)) {
      this.#ajv.addSchema({ $id: id, components: { schemas } });
    }
  }

  /** What is wrong with a value, without the value itself; empty if nothing is. */
  problems(schema: Schema, value: unknown): string[] {
    const validate = this.#compile(schema);
    return validate(value) ? [] : [...new Set(telling(validate.errors ?? []).map(describe))];
  }

  #compile(schema: Schema): ValidateFunction {
    const key = JSON.stringify(schema);
    const known = this.#compiled.get(key);
    if (known) return known;
    const compiled = this.#ajv.compile(schema);
    this.#compiled.set(key, compiled);
    return compiled;
  }
}

function byDocument(components: ReadonlyMap<string, Schema>): Map<string, Record<string, Schema>> {
  const documents = new Map<string, Record<string, Schema>>();
  for (const [reference, schema] of components) {
    const [document = '', name = ''] = reference.split('#/components/schemas/');
    const schemas = documents.get(document) ?? {};
    schemas[name] = schema;
    documents.set(document, schemas);
  }
  return documents;
}

/** Without "must be null" and "must match one of", where another error says why the value is not what it should be. */
function telling(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const kept = errors.filter(
    ({ keyword, params }) => keyword !== 'anyOf' && keyword !== 'oneOf' && params['type'] !== 'null',
  );
  return kept.length > 0 ? kept : errors;
}

function describe({ instancePath, message, params, keyword }: ErrorObject): string {
  const member = keyword === 'additionalProperties' ? ` (${String(params['additionalProperty'])})` : '';
  const allowed = keyword === 'enum' ? ` (${JSON.stringify(params['allowedValues'])})` : '';
  // The place in an array says nothing about the schema, and would make every element a finding of its own.
  return `${instancePath.replaceAll(/\/\d+/g, '/*') || 'the whole'} ${message ?? keyword}${member}${allowed}`;
}
