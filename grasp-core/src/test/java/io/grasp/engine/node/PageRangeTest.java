package io.grasp.engine.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.engine.node.PageRange.Slice;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Pages of lists without an order. */
class PageRangeTest {
    private record Entry(long number) implements Numbered {}

    @Test
    void thePagesOfAnyOrderAreThoseOfTheSortedList() {
        Random random = new Random(1);
        for (int round = 0; round < 200; round++) {
            List<Entry> entries = new ArrayList<>();
            long number = 0;
            for (int i = random.nextInt(60); i > 0; i--) {
                number += 1 + random.nextInt(3);
                entries.add(new Entry(number));
            }
            List<Long> sorted = entries.stream().map(Entry::number).toList();
            Collections.shuffle(entries, random);
            int size = 1 + random.nextInt(20);
            List<Long> walked = new ArrayList<>();
            Slice<Long> page;
            long after = 0;
            do {
                page = new PageRange(after, size, 0).of(entries, Entry::number);
                assertThat(page.entries().size()).isLessThanOrEqualTo(size);
                walked.addAll(page.entries());
                after = page.last();
            } while (page.more());

            assertThat(walked).isEqualTo(sorted);
        }
    }

    @Test
    void anEmptyPageKeepsItsPlace() {
        Slice<Long> page = new PageRange(7, 3, 0).of(List.of(new Entry(7)), Entry::number);
        assertThat(page.entries()).isEmpty();
        assertThat(page.last()).isEqualTo(7);
        assertThat(page.more()).isFalse();
    }
}
