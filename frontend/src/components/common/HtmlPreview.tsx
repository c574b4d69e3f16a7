import styles from './HtmlPreview.module.css';

// Links open beside, and nothing in the mail can run or reach this page.
const base = '<base target="_blank"><meta name="color-scheme" content="light">';

/** An e-mail as its reader sees it, shut off from the application. */
export function HtmlPreview({ html, title }: { html: string; title: string }) {
  return (
    <iframe
      className={styles.frame}
      title={title}
      srcDoc={base + html}
      sandbox="allow-popups allow-popups-to-escape-sandbox"
      referrerPolicy="no-referrer"
    />
  );
}
