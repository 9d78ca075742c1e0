import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

type VirtualListProps<Item> = {
  readonly items: readonly Item[];
  /** All rows are equally high, in CSS pixels. */
  readonly rowHeight: number;
  readonly row: (item: Item, index: number) => ComponentChildren;
  /** Stays in sight above the rows. */
  readonly header?: ComponentChildren;
  /** Scrolled into view when it changes, such as the row that the keyboard is at. */
  readonly shownIndex?: number | undefined;
  /** Of the box that scrolls; it should have a role, and a tabIndex where nothing in it takes the focus. */
  readonly attributes?: JSX.IntrinsicElements['div'];
};

/** Rows beyond the edges that are drawn as well, so that scrolling shows no gaps. */
const BEYOND = 12;

/** A list of any length of which only what is in sight is in the document: 10,000 rows cost as much as 40. */
export function VirtualList<Item>({ items, rowHeight, row, header, shownIndex, attributes }: VirtualListProps<Item>) {
  const box = useRef<HTMLDivElement>(null);
  const all = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState({ top: 0, height: 800 });
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const look = () => setSight({ top: element.scrollTop, height: element.clientHeight });
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const [element, rows] = [box.current, all.current];
    if (element === null || rows === null || shownIndex === undefined || shownIndex < 0) return;
    const above = rows.offsetTop; // the header covers as much of the top
    const [top, bottom] = [shownIndex * rowHeight, above + (shownIndex + 1) * rowHeight];
    if (top < element.scrollTop) element.scrollTop = top;
    else if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight;
  }, [shownIndex, rowHeight]);
  const isTable = attributes?.role === 'grid' || attributes?.role === 'table';
  const first = Math.max(0, Math.floor(sight.top / rowHeight) - BEYOND);
  const end = Math.min(items.length, Math.ceil((sight.top + sight.height) / rowHeight) + BEYOND);
  return (
    <div
      class="virtual"
      {...attributes}
      ref={box}
      onScroll={(event) => setSight({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })}
    >
      {header}
      <div
        ref={all}
        class="virtual-all"
        role={isTable ? 'rowgroup' : 'presentation'}
        style={{ height: `${items.length * rowHeight}px` }}
      >
        <div class="virtual-seen" role="presentation" style={{ transform: `translateY(${first * rowHeight}px)` }}>
          {items.slice(first, end).map((item, index) => row(item, first + index))}
        </div>
      </div>
    </div>
  );
}
