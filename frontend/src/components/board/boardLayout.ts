import type { StateNumber } from '#backend/schemas/state.ts';

/** The board's columns from left to right; what was canceled stands under what it was. */
export const boardLayout: readonly (readonly StateNumber[])[] = [[0], [1], [2, 2.5], [3], [4], [5, 5.5], [6]];
