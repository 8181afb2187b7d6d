import { x } from '@causeway/contract';
export const y: number = x;
