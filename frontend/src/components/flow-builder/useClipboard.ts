import { useEffect, useEffectEvent } from 'react';
import { clipOf, newIdsFor, readClip, writeClip, type Clip } from './editor/clipboard.ts';
import { pasteOffset, type SeenPart } from './editor/pasteOffset.ts';
import { makeId } from './makeId.ts';
import { isTyping } from './isTyping.ts';
import type { FlowEditor } from './useFlowEditor.ts';

/** Where the browser does not give out its clipboard, steps are still pasted within this browser. */
const fallbackKey = 'chou-copied-steps';

function remember(text: string): void {
  try {
    localStorage.setItem(fallbackKey, text);
  } catch {
    // A full or forbidden storage only means that pasting needs the real clipboard.
  }
}

function recall(): string {
  try {
    return localStorage.getItem(fallbackKey) ?? '';
  } catch {
    return '';
  }
}

interface ClipboardQuestion {
  editor: FlowEditor;
  canEdit: boolean;
  say: (words: string) => void;
  /** The part of the canvas that is to be seen now. */
  seenPart: () => SeenPart | null;
}

/** Copy, cut, paste and duplicate, by keys and by name; through the system's clipboard, so across flows and tabs. */
export function useClipboard({ editor, canEdit, say, seenPart }: ClipboardQuestion) {
  const { state, dispatch } = editor;
  const clip = (ids: ReadonlySet<string> = state.selected) => clipOf(state.document.graph, ids);
  const words = (given: Clip) => {
    const count = given.nodes.length + given.notes.length;
    return count === 1 ? 'one step' : `${count} steps`;
  };

  const removeCopied = (given: Clip) => {
    const ids = [...given.nodes, ...given.notes].map(({ id }) => id);
    dispatch({ type: 'removed', ids });
  };
  const paste = (given: Clip | null) => {
    if (!given || !canEdit) return;
    const by = pasteOffset(state.document.graph, given, seenPart());
    dispatch({ type: 'pasted', clip: given, ids: newIdsFor(given, makeId), by });
    say(`Pasted ${words(given)}.`);
  };
  const copy = (isCut: boolean): string | null => {
    const given = clip();
    if (!given) {
      say('Nothing that can be copied is selected.');
      return null;
    }
    const text = writeClip(given);
    remember(text);
    if (isCut && canEdit) removeCopied(given);
    say(`${isCut && canEdit ? 'Cut' : 'Copied'} ${words(given)}.`);
    return text;
  };

  const onClipboard = useEffectEvent((event: ClipboardEvent) => {
    if (isTyping(event.target)) return;
    if (event.type === 'paste') {
      const text = event.clipboardData?.getData('text/plain') ?? '';
      const given = readClip(text) ?? (text === '' ? readClip(recall()) : null);
      if (!given) return;
      event.preventDefault();
      paste(given);
      return;
    }
    if (state.selected.size === 0 || (document.getSelection()?.toString() ?? '') !== '') return;
    const text = copy(event.type === 'cut');
    if (text === null) return;
    event.preventDefault();
    event.clipboardData?.setData('text/plain', text);
  });
  useEffect(() => {
    const listen = (event: ClipboardEvent) => onClipboard(event);
    const types = ['copy', 'cut', 'paste'] as const;
    for (const type of types) document.addEventListener(type, listen);
    return () => {
      for (const type of types) document.removeEventListener(type, listen);
    };
  }, []);

  const copyByName = (isCut: boolean) => {
    const text = copy(isCut);
    // Where the browser refuses, the text is remembered here all the same.
    if (text !== null) navigator.clipboard?.writeText(text).catch(() => undefined);
  };
  return {
    copy: () => copyByName(false),
    cut: () => copyByName(true),
    paste: async () => {
      const text = await (navigator.clipboard?.readText() ?? Promise.resolve('')).catch(() => '');
      const given = readClip(text) ?? readClip(recall());
      if (given) paste(given);
      else say('There is nothing to paste: copy steps first.');
    },
    duplicate: (ids?: ReadonlySet<string>) => {
      const given = clip(ids);
      if (!given || !canEdit) return;
      const by = pasteOffset(state.document.graph, given, null);
      dispatch({ type: 'pasted', clip: given, ids: newIdsFor(given, makeId), by });
      say(`Duplicated ${words(given)}.`);
    },
  };
}
export type FlowClipboard = ReturnType<typeof useClipboard>;
