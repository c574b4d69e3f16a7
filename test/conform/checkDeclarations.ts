import { operations } from '#integrations/crm/servicetitan/operations/operations.ts';
import type { Operation } from '#integrations/crm/servicetitan/operations/operation.ts';
import { claimedOperations } from './claimedOperations.ts';
import type { Findings } from './Findings.ts';
import type { DocumentedOperation, OpenApiDocuments } from './OpenApiDocuments.ts';

/** One of the client's operations beside what the vendor documents of it. */
export interface Pair {
  readonly name: string;
  readonly operation: Operation;
  readonly documented: DocumentedOperation;
}

/** Holds the client's table against the documents and against what is claimed. */
export function checkDeclarations(documents: OpenApiDocuments, findings: Findings): Pair[] {
  const known = Object.entries<Operation>(operations);
  const declared = new Set(
    known.map(([, operation]) => withoutNames(`${operation.method} /${operation.path}`)),
  );
  for (const claimed of claimedOperations) {
    const isThere = declared.has(withoutNames(claimed));
    findings.check(claimed, 'claim', isThere ? [] : ['is claimed, and the client does not declare it']);
  }
  return known.flatMap(([name, operation]): Pair[] => {
    const documented = documents.find(operation.method, operation.path);
    const what = `${operation.method} /${operation.path} is in none of the documents`;
    findings.check(name, 'declaration', documented ? [] : [what]);
    return documented ? [{ name, operation, documented }] : [];
  });
}

function withoutNames(operation: string): string {
  return operation.replaceAll(/\{[^}]*\}/g, '{}');
}
