/** Whether a key is meant for a text field, a menu or a dialog, and not for the flow. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  const fields = 'input:not([type="checkbox"], [type="radio"]), textarea, select';
  return target.closest(`${fields}, [role="dialog"], [role="menu"], [role="listbox"]`) !== null;
}
