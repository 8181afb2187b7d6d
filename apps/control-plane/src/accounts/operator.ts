/** What belongs to the deployment as a whole is the operator's: an admin of the default account. */
import type { Actor } from '../change/change.js';
import { forbidden } from '../http/problem.js';

export function isOperator({ role, isDefaultAccount }: Actor): boolean {
  return role === 'admin' && isDefaultAccount;
}

export function operatorOrRefuse(actor: Actor): void {
  if (!isOperator(actor)) throw forbidden('Only an admin of the default account may do this.');
}
