package io.grasp.util;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** The collections that take little memory while they have few elements behave as the usual ones. */
class LazyCollectionsTest {
    private static final int STEPS = 2_000;

    @RepeatedTest(5)
    void aMapIsAsALinkedHashMap(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        Map<Integer, String> lazy = new LazyMap<>();
        Map<Integer, String> usual = new LinkedHashMap<>();
        Set<Integer> keys = lazy.keySet(); // views show later changes
        Set<Map.Entry<Integer, String>> entries = lazy.entrySet();
        Set<Integer> sizes = new TreeSet<>();
        for (int i = 0; i < STEPS; i++) {
            int key = random.nextInt(3);
            String value = "v" + i;
            switch (random.nextInt(8)) {
                case 0, 1 -> assertThat(lazy.put(key, value)).isEqualTo(usual.put(key, value));
                case 2, 3 -> assertThat(lazy.remove(key)).isEqualTo(usual.remove(key));
                case 4 ->
                    assertThat(lazy.computeIfAbsent(key, absent -> value))
                            .isEqualTo(usual.computeIfAbsent(key, absent -> value));
                case 5 ->
                    assertThat(lazy.computeIfPresent(key, (same, old) -> old.length() > 3 ? null : value))
                            .isEqualTo(usual.computeIfPresent(key, (same, old) -> old.length() > 3 ? null : value));
                case 6 -> removeFirst(lazy, usual);
                default ->
                    assertThat(lazy.values().removeIf(each -> each.hashCode() % 2 == 0))
                            .isEqualTo(usual.values().removeIf(each -> each.hashCode() % 2 == 0));
            }
            sizes.add(usual.size());
            assertThat(lazy).isEqualTo(usual).hasSameHashCodeAs(usual).hasToString(usual.toString());
            assertThat(lazy.isEmpty()).isEqualTo(usual.isEmpty());
            assertThat(keys).containsExactlyElementsOf(usual.keySet());
            assertThat(entries).containsExactlyElementsOf(usual.entrySet());
            assertThat(lazy.values()).containsExactlyElementsOf(usual.values());
            assertThat(keys.contains(key)).isEqualTo(usual.containsKey(key));
        }
        assertThat(sizes).containsExactly(0, 1, 2, 3);
    }

    private static void removeFirst(Map<Integer, String> lazy, Map<Integer, String> usual) {
        Iterator<Integer> first = lazy.keySet().iterator();
        assertThat(first.hasNext()).isEqualTo(!usual.isEmpty());
        if (first.hasNext()) {
            usual.remove(first.next());
            first.remove();
        }
    }

    @RepeatedTest(5)
    void aSetIsAsALinkedHashSet(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        Set<Integer> lazy = new LazySet<>();
        Set<Integer> usual = new LinkedHashSet<>();
        for (int i = 0; i < STEPS; i++) {
            int element = random.nextInt(3);
            if (random.nextBoolean()) {
                assertThat(lazy.add(element)).isEqualTo(usual.add(element));
            } else {
                assertThat(lazy.remove(element)).isEqualTo(usual.remove(element));
            }
            assertThat(lazy).containsExactlyElementsOf(usual);
            assertThat(lazy.contains(element)).isEqualTo(usual.contains(element));
        }
        lazy.clear();
        assertThat(lazy).isEmpty();
    }

    @Test
    void aNumberedListFindsFewAndManyElements() {
        NumberedList<String> list = new NumberedList<>(String::length);
        Iterable<String> all = list.all();
        Map<Integer, String> expected = new LinkedHashMap<>();
        for (int number = 12; number > 0; number--) {
            list.add("x".repeat(number));
            expected.put(number, "x".repeat(number));
            assertThat(all).containsExactlyElementsOf(expected.values());
        }
        for (int number = 1; number <= 12; number += 2) {
            list.remove(Objects.requireNonNull(list.get(number)));
            expected.remove(number);
        }
        assertThat(all).containsExactlyElementsOf(expected.values());
        for (int number = 0; number <= 13; number++) {
            assertThat(list.get(number)).isEqualTo(expected.get(number));
        }

        NumberedList<String> few = new NumberedList<>(String::length);
        few.add("a");
        few.add("bb");
        few.remove("a");
        assertThat(few.all()).containsExactly("bb");
        assertThat(few.get(1)).isNull();
    }
}
