// Owns what a template becomes: Handlebars' parser reads it, and each of its parts is made into a function once. It
// knows as much of Handlebars' language as the views use and refuses the rest when it is loaded; what it knows it does
// as Handlebars does (https://handlebarsjs.com/guide/), strictly: a field that is missing is an error, a field that is
// inherited is missing.

import Handlebars from 'handlebars';

/** What a template may ask of its data: plain values in, a plain value out. `options.hash` holds what is named. */
export type Helper = (...parameters: never[]) => unknown;

export type Template = (context: object) => string;

export interface Source {
  readonly text: string;
  /** Not for HTML. */
  readonly plain?: boolean;
}

export interface TemplateSet {
  readonly helpers: Readonly<Record<string, Helper>>;
  readonly partials: ReadonlyMap<string, Source>;
}

type Statement =
  | hbs.AST.ContentStatement
  | hbs.AST.CommentStatement
  | hbs.AST.MustacheStatement
  | hbs.AST.BlockStatement
  | hbs.AST.PartialStatement
  | hbs.AST.PartialBlockStatement
  | (Omit<hbs.AST.DecoratorBlock, 'type'> & { readonly type: 'DecoratorBlock' });
type Expression =
  | hbs.AST.PathExpression
  | hbs.AST.SubExpression
  | hbs.AST.StringLiteral
  | hbs.AST.BooleanLiteral
  | hbs.AST.NumberLiteral;

/** What is the same for all of a program: where it was called from. */
interface Frame {
  readonly root: unknown;
  /** The pieces that the templates on the way here defined for themselves. */
  readonly inlines: ReadonlyMap<string, Program> | undefined;
  /** What stands between the tags of the partial's call. */
  readonly block: { readonly program: Program; readonly frame: Frame } | undefined;
  /** Of the element that a list is at. */
  readonly isLast: boolean;
}

type Part = (context: unknown, frame: Frame) => string;
type Value = (context: unknown, frame: Frame) => unknown;

interface Program {
  readonly parts: readonly Part[];
  readonly inlines: ReadonlyMap<string, Program> | undefined;
}

/** Makes templates of one set of partials and helpers. */
export class TemplateMaker {
  readonly #set: TemplateSet;
  readonly #partials = new Map<string, Program>();
  readonly #called = new Set<string>();
  readonly #inlineNames = new Set<string>();

  constructor(set: TemplateSet) {
    this.#set = set;
    for (const [name, source] of set.partials) this.#partials.set(name, this.#parse(source));
  }

  /** Throws what is wrong with it. */
  make(source: Source): Template {
    const program = this.#parse(source);
    return (context) => run(program, context, { root: context, inlines: undefined, block: undefined, isLast: false });
  }

  /** To be called when all are made: throws when one of them calls a partial that is not there. */
  checkPartials(): void {
    for (const name of this.#called) {
      if (!this.#partials.has(name) && !this.#inlineNames.has(name)) throw new Error(`No partial is called ${name}`);
    }
  }

  #parse({ text, plain = false }: Source): Program {
    return this.#program(Handlebars.parse(text), plain ? textOf : escaped);
  }

  #program(ast: hbs.AST.Program, write: (value: unknown) => string): Program {
    const inlines = new Map<string, Program>();
    const parts: Part[] = [];
    // Handlebars' parser makes no others but those that are refused below.
    for (const node of ast.body as Statement[]) {
      switch (node.type) {
        case 'CommentStatement':
          break;
        case 'ContentStatement': {
          const { value } = node;
          if (value !== '') parts.push(() => value);
          break;
        }
        case 'MustacheStatement': {
          const value = this.#mustache(node);
          const as = node.escaped ? write : textOf;
          parts.push((context, frame) => as(value(context, frame)));
          break;
        }
        case 'BlockStatement':
          parts.push(this.#block(node, write));
          break;
        case 'PartialStatement': {
          const { indent } = node;
          if (indent !== '' && indent !== undefined) parts.push(() => indent);
          parts.push(this.#partial(node, undefined));
          break;
        }
        case 'PartialBlockStatement':
          parts.push(this.#partial(node, this.#program(node.program, write)));
          break;
        case 'DecoratorBlock': {
          const [name] = node.params as Expression[]; // as above
          if (node.path.original !== 'inline' || name?.type !== 'StringLiteral') throw unknown(node);
          this.#inlineNames.add(name.value);
          inlines.set(name.value, this.#program(node.program, write));
          break;
        }
        default:
          throw unknown(node);
      }
    }
    return { parts, inlines: inlines.size === 0 ? undefined : inlines };
  }

  #mustache({ path, params, hash }: hbs.AST.MustacheStatement): Value {
    const expression = path as Expression; // Handlebars' parser makes no others
    if (expression.type !== 'PathExpression') return this.#value(expression);
    if (params.length > 0 || hash !== undefined || this.#isHelper(expression)) {
      return this.#call(expression, params, hash);
    }
    return this.#path(expression, true);
  }

  #block(node: hbs.AST.BlockStatement, write: (value: unknown) => string): Part {
    const [param, ...more] = node.params;
    if (param === undefined || more.length > 0 || node.hash !== undefined) throw unknown(node);
    const value = this.#value(param);
    // Their types know no block that lacks one of them.
    const [then, otherwise] = [node.program, node.inverse].map((program: hbs.AST.Program | undefined) =>
      program === undefined ? NOTHING : this.#program(program, write),
    ) as [Program, Program];
    switch (node.path.original) {
      case 'if':
        return (context, frame) => run(isEmpty(value(context, frame)) ? otherwise : then, context, frame);
      case 'unless':
        return (context, frame) => run(isEmpty(value(context, frame)) ? then : otherwise, context, frame);
      case 'with':
        return (context, frame) => {
          const inner = value(context, frame);
          return isEmpty(inner) ? run(otherwise, context, frame) : run(then, inner, frame);
        };
      case 'each':
        return (context, frame) => {
          const list = value(context, frame);
          if (!Array.isArray(list) || list.length === 0) return run(otherwise, context, frame);
          let out = '';
          for (const [index, one] of list.entries()) {
            out += run(then, one, { ...frame, isLast: index === list.length - 1 });
          }
          return out;
        };
      default:
        throw unknown(node);
    }
  }

  #partial(node: hbs.AST.PartialStatement | hbs.AST.PartialBlockStatement, between: Program | undefined): Part {
    const name = node.name.type === 'PathExpression' ? node.name.original : undefined;
    const [param, ...more] = node.params;
    if (name === undefined || more.length > 0) throw unknown(node);
    const own = param === undefined ? undefined : this.#value(param);
    const named = this.#hash(node.hash);
    if (name === '@partial-block') {
      if (own !== undefined || named !== undefined) throw unknown(node);
      return (context, frame) => {
        if (frame.block === undefined) throw new Error('A partial that wants a block was called without one');
        return run(frame.block.program, context, { ...frame.block.frame, inlines: frame.inlines });
      };
    }
    this.#called.add(name);
    return (context, frame) => {
      const inlines = joined(frame.inlines, between?.inlines);
      const program = inlines?.get(name) ?? this.#partials.get(name);
      if (program === undefined) throw new Error(`No partial is called ${name}`);
      const given = own === undefined ? context : own(context, frame);
      return run(
        program,
        named === undefined ? given : { ...(typeof given === 'object' ? given : {}), ...named(context, frame) },
        {
          root: frame.root,
          inlines,
          block: between === undefined ? undefined : { program: between, frame },
          isLast: frame.isLast,
        },
      );
    };
  }

  #hash(hash: hbs.AST.Hash | undefined): ((context: unknown, frame: Frame) => Record<string, unknown>) | undefined {
    if (hash === undefined) return undefined;
    const pairs = hash.pairs.map(({ key, value }) => [key, this.#value(value)] as const);
    return (context, frame) => {
      const values: Record<string, unknown> = {};
      for (const [key, value] of pairs) values[key] = value(context, frame);
      return values;
    };
  }

  #value(node: hbs.AST.Expression): Value {
    const expression = node as Expression; // Handlebars' parser makes no others but those that are refused here
    switch (expression.type) {
      case 'StringLiteral':
      case 'BooleanLiteral':
      case 'NumberLiteral': {
        const { value } = expression;
        return () => value;
      }
      case 'SubExpression':
        return this.#call(expression.path, expression.params, expression.hash);
      case 'PathExpression':
        return this.#isHelper(expression) ? this.#call(expression, [], undefined) : this.#path(expression, false);
      default:
        throw unknown(node);
    }
  }

  #isHelper({ data, parts, original }: hbs.AST.PathExpression): boolean {
    return !data && parts.length === 1 && Object.hasOwn(this.#set.helpers, original);
  }

  #call(path: hbs.AST.PathExpression, params: readonly hbs.AST.Expression[], hash: hbs.AST.Hash | undefined): Value {
    if (!this.#isHelper(path)) throw unknown(path);
    const helper = this.#set.helpers[path.original] as (...parameters: unknown[]) => unknown; // what it may be given is the views' business
    const values = params.map((param) => this.#value(param));
    const named = this.#hash(hash);
    return (context, frame) =>
      helper(...values.map((value) => value(context, frame)), {
        hash: named?.(context, frame) ?? {},
        data: { root: frame.root },
      });
  }

  /** A field of the context, of a field of it, or of `@root`. */
  #path(path: hbs.AST.PathExpression, mustBeThere: boolean): Value {
    const { data, depth, original } = path;
    const parts: readonly unknown[] = path.parts;
    if (depth > 0 || parts.some((part) => typeof part !== 'string')) throw unknown(path);
    const names = parts.map(String);
    if (!data) return fields(names, mustBeThere, original);
    const [start, ...rest] = names;
    if (start === 'last' && rest.length === 0) return (_, frame) => frame.isLast;
    if (start !== 'root') throw unknown(path);
    const inRoot = fields(rest, mustBeThere, original);
    return (_, frame) => inRoot(frame.root, frame);
  }
}

const NOTHING: Program = { parts: [], inlines: undefined };

function run({ parts, inlines }: Program, context: unknown, frame: Frame): string {
  const inside = inlines === undefined ? frame : { ...frame, inlines: joined(frame.inlines, inlines) };
  let out = '';
  for (const part of parts) out += part(context, inside);
  return out;
}

function joined(
  outer: ReadonlyMap<string, Program> | undefined,
  inner: ReadonlyMap<string, Program> | undefined,
): ReadonlyMap<string, Program> | undefined {
  if (inner === undefined || outer === undefined) return inner ?? outer;
  return new Map([...outer, ...inner]);
}

/** Only the last of the names may be missing, and only where a question is asked rather than a text written. */
function fields(names: readonly string[], mustBeThere: boolean, original: string): Value {
  const last = names.length - 1;
  return (context) => {
    let value = context;
    for (let at = 0; at <= last; at += 1) {
      const name = names[at] ?? '';
      if (Object.hasOwn(asObject(value, original), name)) value = (value as Record<string, unknown>)[name];
      else if (at < last || mustBeThere) throw new Error(`"${name}" of ${original} is not defined`);
      else return undefined;
    }
    return value;
  };
}

function asObject(value: unknown, original: string): object {
  if (typeof value === 'object' && value !== null) return value;
  throw new Error(`${original} is not defined`);
}

/** What counts as no in a question: nothing, 0, '' and an empty list. */
function isEmpty(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : !value;
}

/** What a helper wrote itself, around values that it has escaped. */
export class WrittenMarkup {
  readonly html: string;

  constructor(html: string) {
    this.html = html;
  }

  /** By this name Handlebars' own engine knows it as well. */
  toHTML(): string {
    return this.html;
  }
}

function escaped(value: unknown): string {
  if (value instanceof WrittenMarkup) return value.html;
  return Handlebars.escapeExpression(textOf(value));
}

/** Plain values only: nothing else can pass for markup. */
function textOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
      return String(value);
    case 'undefined':
      return '';
    default:
      if (value === null) return '';
      throw new TypeError('A template can write plain values only');
  }
}

function unknown({ type, loc }: hbs.AST.Node): Error {
  return new Error(`${type} in line ${loc.start.line}: the views know no such thing`);
}
