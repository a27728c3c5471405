import type { SyntaxNode } from '../syntax/tree.ts';
import type { Span } from './marked.ts';

/** What people call by a name when they speak of code: functions, methods, classes and the like, in all grammars. */
const UNIT =
  /^(generator_)?(function|method|class|interface|enum|struct|trait|impl|mod|constructor|record|abstract_class|type_alias|annotation_type)(_(declaration|definition|item|signature))?$|^type_spec$/;
const HOLDS_FUNCTION = /^(arrow_function|function_expression|function|lambda|func_literal|closure_expression)$/;
const LONGEST = 80;

/**
 * The functions and classes that these stretches of a text touch, by name, as `Class.method`; the innermost, but for
 * those that lie in a stretch as a whole. None for what stands at the top level.
 */
export function unitsAt(root: SyntaxNode, text: string, spans: readonly Span[]): readonly string[] {
  return [...new Set(spans.flatMap((span) => touched(root, text, span, '')))];
}

function touched(node: SyntaxNode, text: string, span: Span, above: string): readonly string[] {
  const touches = ({ start, end }: SyntaxNode) =>
    span.start === span.end ? start < span.start && end > span.start : start < span.end && end > span.start;
  return node.children.filter(touches).flatMap((child) => {
    const own = isUnit(child) ? nameOf(child, text) : '';
    if (own === '') return touched(child, text, span, above);
    const name = above === '' ? own : `${above}.${own}`;
    const inner = child.start >= span.start && child.end <= span.end ? [] : touched(child, text, span, name);
    return inner.length > 0 ? inner : [name];
  });
}

function isUnit(node: SyntaxNode): boolean {
  if (UNIT.test(node.type)) return node.named;
  return node.type === 'variable_declarator' && node.children.some((child) => HOLDS_FUNCTION.test(child.type));
}

function nameOf(node: SyntaxNode, text: string): string {
  const wanted = node.type === 'impl_item' ? 'type' : 'name';
  const name = node.children.find(({ field }) => field === wanted);
  return name ? text.slice(name.start, name.end).replace(/\s+/g, ' ').slice(0, LONGEST) : '';
}
