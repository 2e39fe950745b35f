/** Instrument: changes TypeScript so that every function reports when it is entered. */
import ts from 'typescript';

/** A function of a source file. */
export interface SourceFunction {
  /** The path from `src` on, with slashes. */
  readonly file: string;
  /** The name for people: `Peer.call`, `get Peer.address`, `new Peer`, `(anonymous) in Peer.on`. */
  readonly name: string;
  /** The line where it begins, from 1. */
  readonly line: number;
}

/** Text to insert at a place of the file. */
interface Insertion {
  readonly at: number;
  readonly text: string;
}

/**
 * Returns the text with a call of `hook` at the start of every function, method, getter, setter,
 * constructor, arrow and static block. Line numbers stay the same.
 *
 * In the constructor of a derived class the call comes before `super()`. A generator is entered
 * when its first value is wanted. Functions that the default of a parameter calls are entered
 * before the function that has the parameter.
 *
 * @param add keeps the function, and returns the number with which `hook` is called when it is
 * entered
 */
export function instrument(
  text: string,
  file: string,
  hook: string,
  add: (entered: SourceFunction) => number,
): string {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const insertions: Insertion[] = [];

  function visit(node: ts.Node): void {
    const body = bodyOf(node);
    if (body !== undefined) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      const call = `${hook}(${add({ file, name: nameOf(node), line: line + 1 })})`;
      if (ts.isBlock(body)) {
        insertions.push({ at: body.getStart(source) + 1, text: `${call};` });
      } else {
        insertions.push({ at: body.getStart(source), text: `(${call}, ` });
        insertions.push({ at: body.end, text: ')' });
      }
    }
    ts.forEachChild(node, visit);
  }

  visit(source);
  return inserted(text, insertions);
}

function bodyOf(node: ts.Node): ts.Block | ts.Expression | undefined {
  if (ts.isFunctionLike(node)) return (node as ts.FunctionLikeDeclaration).body;
  return ts.isClassStaticBlockDeclaration(node) ? node.body : undefined;
}

/** Two arrows can end at the same place, but no two functions begin at the same place. */
function inserted(text: string, insertions: readonly Insertion[]): string {
  const inOrder = insertions.toSorted((one, other) => one.at - other.at);
  let result = '';
  let done = 0;
  for (const insertion of inOrder) {
    result += text.slice(done, insertion.at) + insertion.text;
    done = insertion.at;
  }
  return result + text.slice(done);
}

function nameOf(node: ts.Node): string {
  const own = ownNameOf(node);
  if (own !== undefined) return own;
  for (let outer = node.parent; !ts.isSourceFile(outer); outer = outer.parent) {
    const around = bodyOf(outer) === undefined ? assignedNameOf(outer) : ownNameOf(outer);
    if (around !== undefined) return `(anonymous) in ${around}`;
  }
  return '(anonymous)';
}

/** The name under which it is declared, or of what it is assigned to. */
function ownNameOf(node: ts.Node): string | undefined {
  if (ts.isConstructorDeclaration(node)) return `new ${holderOf(node)}`;
  if (ts.isClassStaticBlockDeclaration(node)) return `static ${holderOf(node)}`;
  if (ts.isGetAccessor(node)) return `get ${memberNameOf(node)}`;
  if (ts.isSetAccessor(node)) return `set ${memberNameOf(node)}`;
  if (ts.isMethodDeclaration(node)) return memberNameOf(node);
  if (ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node)) {
    if (node.name !== undefined) return node.name.text;
  }
  return assignedNameOf(node.parent);
}

/** The name of a property or variable. */
function assignedNameOf(node: ts.Node): string | undefined {
  if (ts.isPropertyDeclaration(node) || ts.isPropertyAssignment(node)) return memberNameOf(node);
  const isVariable = ts.isVariableDeclaration(node) && ts.isIdentifier(node.name);
  return isVariable ? node.name.getText() : undefined;
}

function memberNameOf(member: ts.ClassElement | ts.ObjectLiteralElement): string {
  const name = member.name?.getText() ?? '';
  const holder = holderOf(member);
  return holder === '' ? name : `${holder}.${name}`;
}

/** The class of a member, or the variable to which an object literal is assigned. */
function holderOf(member: ts.Node): string {
  const { parent } = member;
  if (ts.isClassLike(parent)) return parent.name?.text ?? '(anonymous class)';
  const declared = ts.isObjectLiteralExpression(parent) ? parent.parent : undefined;
  const isNamed = declared !== undefined && ts.isVariableDeclaration(declared);
  return isNamed && ts.isIdentifier(declared.name) ? declared.name.text : '';
}
