// Owns finding words in a view that no catalogue holds: between tags, in attributes that are read out or shown, and in
// what a view hands to a partial.

import Handlebars from 'handlebars';

const SHOWN_ATTRIBUTE = /\s(?:aria-label|aria-roledescription|alt|title|placeholder|content)="([^"]*)"/g;
const HANDED_ON = new Set(['text', 'label', 'hint', 'title', 'targetWords', 'words', 'sentence']);
// Attributes of a page's head that no person reads.
const FOR_MACHINES = /<meta [^>]*>/g;

// Such as a blank that holds what is beside it together: a sign, and no word.
const ENTITY = /&(?:[a-z]+|#\d+|#x[0-9a-f]+);/gi;

/** What a person would read and no translator has seen. */
export function strayWords(source: string): string[] {
  const found: string[] = [];
  let markup = '';
  const visitor = new Handlebars.Visitor();
  visitor.ContentStatement = ({ value }) => {
    markup += value;
  };
  visitor.MustacheStatement = function (statement) {
    markup += '\u0000'; // a value stands here
    Handlebars.Visitor.prototype.MustacheStatement.call(this, statement);
  };
  visitor.Hash = function (hash) {
    for (const { key, value } of hash.pairs) {
      // By its type.
      if (HANDED_ON.has(key) && value.type === 'StringLiteral') found.push((value as hbs.AST.StringLiteral).value);
    }
    Handlebars.Visitor.prototype.Hash.call(this, hash);
  };
  visitor.accept(Handlebars.parse(source));
  const visible = markup.replace(FOR_MACHINES, '').replace(/<style[\s\S]*?<\/style>|<!--[\s\S]*?-->/g, '');
  for (const [, words = ''] of visible.matchAll(SHOWN_ATTRIBUTE)) found.push(words);
  found.push(
    ...visible
      .replace(/<[^>]*>/g, '\n')
      .replace(ENTITY, ' ')
      .split('\n'),
  );
  return found.map((words) => words.trim()).filter((words) => /\p{L}{2}/u.test(words));
}
