package io.grasp.util;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IntrusiveListTest {
    private final IntrusiveList<String> chain = new IntrusiveList<>();

    @Test
    void theOrderIsKeptWhenNodesAreRemoved() {
        List<IntrusiveList.Node<String>> links = new ArrayList<>();
        for (String each : List.of("a", "b", "c", "d", "e")) {
            links.add(chain.add(each));
        }
        links.get(2).leave();
        assertThat(links.get(2).value()).isEqualTo("c");
        assertThat(chain.first()).isSameAs(links.get(0));
        assertThat(chain.all()).containsExactly("a", "b", "d", "e");
        links.get(0).leave();
        links.get(4).leave();
        links.get(4).leave();
        assertThat(chain.all()).containsExactly("b", "d");
        assertThat(chain.first()).isSameAs(links.get(1));
        assertThat(chain.size()).isEqualTo(2);
        links.forEach(IntrusiveList.Node::leave);
        assertThat(chain.all()).isEmpty();
        assertThat(chain.first()).isNull();
        assertThat(chain.size()).isZero();
        chain.add("again");
        assertThat(chain.all()).containsExactly("again");
    }

    @Test
    void aListEqualsALinkedListAfterRandomOperations() {
        Random random = new Random(8990);
        List<String> expected = new ArrayList<>();
        List<IntrusiveList.Node<String>> links = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            if (expected.isEmpty() || random.nextInt(3) > 0) {
                expected.add("" + i);
                links.add(chain.add("" + i));
            } else {
                int left = random.nextInt(expected.size());
                expected.remove(left);
                links.remove(left).leave();
            }
            if (i % 100 == 0) {
                assertThat(chain.all()).isEqualTo(expected);
            }
        }
        Collections.shuffle(links, random);
        links.forEach(IntrusiveList.Node::leave);
        assertThat(chain.size()).isZero();
    }

    @Test
    void aRemovedNodeKeepsNoReferenceToOthers() {
        IntrusiveList<Object> objects = new IntrusiveList<>();
        IntrusiveList.Node<Object> held = objects.add("held");
        WeakReference<Object> other = addedAndGone(objects, held);
        for (int tries = 0; tries < 50 && other.get() != null; tries++) {
            System.gc();
        }
        assertThat(other.get()).isNull();
        assertThat(held).isNotNull();
    }

    private static WeakReference<Object> addedAndGone(IntrusiveList<Object> objects, IntrusiveList.Node<Object> held) {
        Object value = new Object();
        IntrusiveList.Node<Object> link = objects.add(value);
        held.leave();
        link.leave();
        return new WeakReference<>(value);
    }
}
