/** The product's mark: a C with a leaf. */
export function ChouMark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" role="img" aria-label="Chou">
      <rect width="32" height="32" rx="8" fill="var(--mantine-color-leaf-7)" />
      <path d="M21.6 11.2A7.4 7.4 0 1 0 21.6 20.8" stroke="#fff" strokeWidth="3" strokeLinecap="round" />
      <path d="M16.4 16c2.2-2.6 5-3.4 8.1-2.9-.2 3.3-2.6 6.3-8.1 2.9Z" fill="#b6e3cd" />
    </svg>
  );
}
