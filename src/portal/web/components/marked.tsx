/** Names between backticks, and words between two stars. */
const MARKS = /(`[^`]+`|\*\*[^*]+\*\*)/;

/** A sentence of the pages of flows, which are written with a little Markdown. */
export function Marked({ text }: { readonly text: string }) {
  return (
    <>
      {text.split(MARKS).map((part, index) => {
        const key = `${index} ${part}`;
        if (part.startsWith('`') && part.length > 2) return <code key={key}>{part.slice(1, -1)}</code>;
        if (part.startsWith('**') && part.length > 4) return <strong key={key}>{part.slice(2, -2)}</strong>;
        return part;
      })}
    </>
  );
}
