// Owns turning the API's description into what the page that documents it shows. It knows no call: what is not described is
// not shown, and what is described is.

import type { ApiCall, ApiContent, ApiDocsPage, ApiField, ApiGroup, ApiType } from '../render/page-models/api-docs.ts';
import type { openApiDocument } from './openapi.ts';

type Description = ReturnType<typeof openApiDocument>;
type Schema = NonNullable<NonNullable<Description['components']>['schemas']>[string];
type Operation = NonNullable<NonNullable<Description['paths']>[string]['get']>;
type Contents = NonNullable<Extract<NonNullable<Operation['requestBody']>, { content: unknown }>['content']>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

export function apiDocsPage(description: Description, address: string, descriptionUrl: string): ApiDocsPage {
  const calls = Object.entries(description.paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation === undefined ? [] : [callView(method, path, operation)];
    }),
  );
  const grouped = Map.groupBy(calls, ({ path }) => path.split('/')[1] ?? '');
  return {
    address,
    descriptionUrl,
    groups: [...grouped].map(([name, members]): ApiGroup => ({ name, id: `calls-${name}`, calls: members })),
    shapes: Object.entries(description.components?.schemas ?? {})
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, schema]) => ({ name, id: shapeId(name), type: typeOf(schema), fields: fieldsOf(schema) })),
  };
}

function callView(method: string, path: string, operation: Operation): ApiCall {
  const { summary = '', parameters = [], requestBody, responses = {} } = operation;
  return {
    method: method.toUpperCase(),
    path,
    words: summary,
    parameters: parameters.flatMap((parameter) =>
      '$ref' in parameter
        ? []
        : [
            {
              ...field(parameter.name, parameter.schema ?? {}, parameter.required === true),
              at: parameter.in,
            },
          ],
    ),
    bodies: requestBody === undefined || '$ref' in requestBody ? [] : contentsOf(requestBody.content),
    answers: Object.entries(responses).flatMap(([status, response]) =>
      isReference(response)
        ? []
        : [{ status, words: response.description, contents: contentsOf(response.content ?? {}) }],
    ),
  };
}

function contentsOf(contents: Contents): ApiContent[] {
  return Object.entries(contents).map(([mediaType, { schema = {} }]) => ({
    mediaType,
    type: typeOf(schema),
    fields: isReference(schema) ? [] : fieldsOf(schema),
  }));
}

/** Those of an object, and of objects in it that have no name of their own. */
function fieldsOf(schema: Schema, before = ''): ApiField[] {
  if (isReference(schema)) return [];
  const wanted = schema.required ?? [];
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    const own = field(`${before}${name}`, inner, wanted.includes(name));
    return [own, ...fieldsWithin(inner, `${before}${name}`)];
  });
}

function fieldsWithin(schema: Schema, name: string): ApiField[] {
  if (isReference(schema)) return [];
  if (schema.type === 'array' && schema.items !== undefined) return fieldsWithin(schema.items, `${name}[]`);
  return fieldsOf(schema, `${name}.`);
}

function field(name: string, schema: Schema, required: boolean): ApiField {
  const { description = '', example } = isReference(schema) ? {} : schema;
  const text = typeof example === 'string' ? example : undefined;
  return { name, type: typeOf(schema), required, words: description, ...(text === undefined ? {} : { example: text }) };
}

function typeOf(schema: Schema): ApiType {
  if (isReference(schema)) {
    const name = schema.$ref.split('/').at(-1) ?? '';
    return { words: name, url: `#${shapeId(name)}` };
  }
  if (schema.type === 'array') {
    const { words, url } = typeOf(schema.items ?? {});
    return { words: `${words.includes(' ') ? `(${words})` : words}[]`, ...(url === undefined ? {} : { url }) };
  }
  if (schema.const !== undefined) return { words: JSON.stringify(schema.const) };
  if (schema.enum !== undefined) return { words: schema.enum.map((one) => JSON.stringify(one)).join(' or ') };
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) {
    const types = choices.map(typeOf);
    const urls = types.flatMap(({ url }) => url ?? []);
    const words = [...new Set(types.map((type) => type.words))].join(' or ');
    return { words, ...(urls.length === 1 && urls[0] !== undefined ? { url: urls[0] } : {}) };
  }
  if (schema.allOf !== undefined && schema.allOf[0] !== undefined) return typeOf(schema.allOf[0]);
  if (schema.type === undefined) return { words: 'anything' };
  return { words: Array.isArray(schema.type) ? schema.type.join(' or ') : schema.type };
}

function isReference(value: object): value is { readonly $ref: string } {
  return '$ref' in value;
}

function shapeId(name: string): string {
  return `shape-${name}`;
}
