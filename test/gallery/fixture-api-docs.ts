// Owns the pages of the gallery that document the API: how the true one begins, and one of names that mean harm.

import { apiDocsPage } from '../../server/api/docs.model.ts';
import { openApiDocument } from '../../server/api/openapi.ts';
import type { ApiDocsPage } from '../../server/render/page-models/api-docs.ts';
import { hostile, longWord } from './fixture-people.ts';

const ADDRESS = 'https://mail.example.com/api/v1';
const whole: ApiDocsPage = apiDocsPage(openApiDocument('https://mail.example.com'), ADDRESS, '/api/v1/openapi.json');

/** The true page begins like this; all of it is thirty screens long and more of the same. */
export const beginning: ApiDocsPage = { ...whole, groups: whole.groups.slice(0, 4), shapes: whole.shapes.slice(0, 8) };

const type = { words: longWord, url: '#shape-x' };
const field = { name: hostile, at: hostile, type, required: true, words: hostile, example: longWord };
const content = { mediaType: hostile, type, fields: [field] };
export const hostilePage: ApiDocsPage = {
  address: `https://${longWord}.example.com`,
  descriptionUrl: '/api/v1/openapi.json',
  groups: [
    {
      name: hostile,
      id: 'calls-x',
      calls: [
        {
          method: 'POST',
          path: `/${longWord}`,
          words: hostile,
          parameters: [field],
          bodies: [content],
          answers: [{ status: '200', words: hostile, contents: [content] }],
        },
      ],
    },
  ],
  shapes: [{ name: hostile, id: 'shape-x', type, fields: [field] }],
};
