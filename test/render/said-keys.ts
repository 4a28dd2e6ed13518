// What a view file says: the keys that it writes out. Others come from a view model, which the compiler has looked at.

import Handlebars from 'handlebars';

const SAYING = new Set(['say', 'tell', 'rich']);

/** @throws Error when the file is no template. */
export function saidKeys(source: string): string[] {
  const keys: string[] = [];
  const visitor = new Handlebars.Visitor();
  const note = (call: hbs.AST.MustacheStatement | hbs.AST.SubExpression): void => {
    const { path, params } = call;
    if (path.type !== 'PathExpression' || !SAYING.has((path as hbs.AST.PathExpression).original)) return; // by its type
    const [key] = params;
    if (key?.type === 'StringLiteral') keys.push((key as hbs.AST.StringLiteral).value); // by its type
  };
  visitor.MustacheStatement = function (statement) {
    note(statement);
    Handlebars.Visitor.prototype.MustacheStatement.call(this, statement);
  };
  visitor.SubExpression = function (expression) {
    note(expression);
    Handlebars.Visitor.prototype.SubExpression.call(this, expression);
  };
  visitor.accept(Handlebars.parse(source));
  return keys;
}
