package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.node.CompactKey;
import io.grasp.engine.node.LocatorOrder;
import io.grasp.engine.node.MulticastKey;
import io.grasp.engine.node.SessionKey;
import io.grasp.model.Locator;
import io.grasp.model.SessionId;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Peers choose what the keys of the engine's maps are made of, and can make their hash codes collide. Java's hash maps
 * then order such keys if their own class is comparable, so that each operation takes a few comparisons; otherwise it
 * compares one key after the other.
 */
class CollidingKeysTest {
    private static final int KEYS = 1 << 12;
    /** A red-black tree is at most twice as deep as a balanced one, and each level may take an equality test too. */
    private static final int MOST_COMPARISONS = 3 * 2 * 12;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "node.SessionKey",
                "node.CompactKey",
                "node.MulticastKey",
                "discovery.DiscoveryResponder$Heard",
                "discovery.DiscoveryCache$Place",
                "flood.FloodCache$Key",
                "flood.FloodManager$HeardTag",
                "flood.FloodManager$FirstCopy",
                "rapid.RapidResponder$RapidPeer"
            })
    void aMapOfCollidingKeysTakesFewComparisons(String type) throws ReflectiveOperationException {
        Class<?> keyClass = Class.forName("io.grasp.engine." + type);
        assertThat(keyClass.getGenericInterfaces())
                .as("the interface by which hash maps find that keys can be compared")
                .anySatisfy(each -> assertThat(((ParameterizedType) each).getActualTypeArguments())
                        .containsExactly(keyClass));
        List<Object> keys = colliding(keyClass);
        assertThat(keys.stream().map(Object::hashCode).distinct()).hasSize(1);

        for (Map<Counted, Integer> map : List.<Map<Counted, Integer>>of(new HashMap<>(), new LinkedHashMap<>())) {
            Counter counter = new Counter();
            Collections.shuffle(keys, new Random(1));
            keys.forEach(key -> map.put(new Counted(key, counter), 1));
            keys.forEach(key -> assertThat(map.get(new Counted(key, counter))).isEqualTo(1));
            keys.forEach(
                    key -> assertThat(map.remove(new Counted(key, counter))).isEqualTo(1));
            assertThat(map).isEmpty();
            assertThat(counter.comparisons / (3L * KEYS)).isLessThan(MOST_COMPARISONS);
        }
    }

    @ParameterizedTest
    @CsvSource({"Ipv6", "Fqdn", "Uri"})
    void theOrderOfLocatorsIsThatOfEquality(String kind) {
        List<Locator> some = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            some.add(locator(kind, i, Locator.TCP, 5));
            some.add(locator(kind, i, Locator.UDP, 5));
            some.add(locator(kind, i, Locator.TCP, 6));
        }
        some.add(new Locator.Ipv4(ipv4(), Locator.TCP, 5));
        some.add(Locator.uri("Aa"));
        some.add(new Locator.Uri("Aa", 6, null));
        some.add(new Locator.Uri("Aa", null, 6));
        for (Locator one : some) {
            for (Locator other : some) {
                int order = LocatorOrder.INSTANCE.compare(one, other);
                assertThat(order == 0).isEqualTo(one.equals(other));
                assertThat(Integer.signum(order)).isEqualTo(-Integer.signum(LocatorOrder.INSTANCE.compare(other, one)));
            }
        }
        List<Locator> sorted = new ArrayList<>(some);
        Collections.shuffle(sorted, new Random(2));
        sorted.sort(LocatorOrder.INSTANCE);
        List<Locator> again = new ArrayList<>(sorted);
        Collections.reverse(again);
        again.sort(LocatorOrder.INSTANCE);
        assertThat(again).isEqualTo(sorted);
    }

    /** Session IDs need no order: each has a hash code of its own, and hash maps order keys by their hash codes. */
    @Test
    void sessionIdsDoNotCollide() {
        Random random = new Random(3);
        Set<Long> ids = new HashSet<>();
        Set<Integer> hashes = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            long id = random.nextInt() & SessionId.MAX_VALUE;
            if (ids.add(id)) {
                assertThat(hashes.add(new SessionId(id).hashCode())).isTrue();
            }
        }
    }

    private static List<Object> colliding(Class<?> record) throws ReflectiveOperationException {
        Constructor<?> constructor = record.getDeclaredConstructors()[0];
        constructor.setAccessible(true);
        Class<?>[] types = constructor.getParameterTypes();
        int varied = -1;
        for (int i = 0; i < types.length && varied < 0; i++) {
            varied = types[i] == int.class || types[i] == SessionId.class ? -1 : i;
        }
        List<Object> keys = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            Object[] parts = new Object[types.length];
            for (int part = 0; part < parts.length; part++) {
                parts[part] = part(types[part], part == varied ? i : 0);
            }
            keys.add(constructor.newInstance(parts));
        }
        return keys;
    }

    private static final Map<Class<?>, IntFunction<Object>> PARTS = Map.ofEntries(
            // equal halves of a long hash to 0
            Map.entry(int.class, i -> 0),
            Map.entry(long.class, i -> (long) i << Integer.SIZE | i),
            Map.entry(SessionId.class, i -> new SessionId(7)),
            Map.entry(InetAddress.class, CollidingKeysTest::address),
            Map.entry(InetSocketAddress.class, i -> new InetSocketAddress(address(i), 7)),
            Map.entry(SessionKey.class, i -> new SessionKey(new SessionId(7), address(i))),
            Map.entry(CompactKey.class, i -> new CompactKey((long) i << Integer.SIZE | i, 0, 7)),
            Map.entry(TrafficSource.class, i -> new TrafficSource(1, (long) i << Integer.SIZE | i, 0)),
            Map.entry(MulticastKey.class, i -> new MulticastKey(new SessionKey(new SessionId(7), address(i)), 0)),
            Map.entry(String.class, CollidingKeysTest::name),
            Map.entry(Locator.class, i -> locator("Ipv6", i, Locator.TCP, 7)));

    private static Object part(Class<?> type, int number) {
        return PARTS.get(type).apply(number);
    }

    private static Locator locator(String kind, int number, int protocol, int port) {
        return switch (kind) {
            case "Ipv6" -> new Locator.Ipv6(address(number), protocol, port);
            case "Fqdn" -> new Locator.Fqdn(name(number), protocol, port);
            default -> new Locator.Uri(name(number), protocol, port);
        };
    }

    /** The hash code of an IPv6 address is the sum of its four words, if no byte has its highest bit set. */
    private static Inet6Address address(int number) {
        int spread = number >> 6 << 8 | number & 0x3F;
        try {
            return Inet6Address.getByAddress(
                    null,
                    ByteBuffer.allocate(16)
                            .putInt(0xFD000000 + spread)
                            .putInt(0x3F3F - spread)
                            .putInt(0)
                            .putInt(1)
                            .array(),
                    -1);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static Inet4Address ipv4() {
        try {
            return (Inet4Address) InetAddress.getByAddress(new byte[] {10, 0, 0, 1});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** "Aa" and "BB" have the same hash code. */
    private static String name(int number) {
        StringBuilder name = new StringBuilder();
        for (int bit = 0; bit < 12; bit++) {
            name.append((number >> bit & 1) == 0 ? "Aa" : "BB");
        }
        return name.toString();
    }

    private static final class Counter {
        private long comparisons;
    }

    /** A key that counts how often it is compared. */
    private static final class Counted implements Comparable<Counted> {
        private final Object key;
        private final Counter counter;

        Counted(Object key, Counter counter) {
            this.key = key;
            this.counter = counter;
        }

        @Override
        @SuppressWarnings("unchecked")
        public int compareTo(Counted other) {
            counter.comparisons++;
            return ((Comparable<Object>) key).compareTo(other.key);
        }

        @Override
        public boolean equals(Object other) {
            counter.comparisons++;
            return other instanceof Counted counted && key.equals(counted.key);
        }

        @Override
        public int hashCode() {
            return key.hashCode();
        }
    }
}
