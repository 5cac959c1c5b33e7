import { vi } from './vi';
export const en = vi;
