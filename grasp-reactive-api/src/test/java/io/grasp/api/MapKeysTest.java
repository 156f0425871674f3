package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.grasp.engine.node.ExpiringSet;
import io.grasp.model.SessionId;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Peers can choose keys with one hash code. In the maps that they can fill, a key's own class is comparable: then Java's
 * hash maps find such keys by few comparisons.
 */
class MapKeysTest {
    private static final Set<String> ORDERED_BY_A_COMPARATOR =
            Set.of("engine.discovery.RelayedDiscovery.passedOn", "substrate.netty.ConnectingAddresses.locals");

    /** Addresses of this host, and meters, whose tags are names of configured objectives and of enum constants. */
    private static final Set<String> NOT_CHOSEN_BY_PEERS = Set.of(
            "metrics.Each.values",
            "metrics.Meters.registered",
            "metrics.SessionTimers.failures",
            "metrics.SessionTimers.timers",
            "substrate.netty.AddressFlags.tried",
            "substrate.netty.Interfaces.holders",
            "substrate.netty.Interfaces.local",
            "substrate.netty.Interfaces.usable",
            "substrate.netty.UnicastReceivers.failed",
            "substrate.netty.UnicastReceivers.open");

    /** Maps for keys of any type: their users choose it, and fields of type ExpiringSet are checked. */
    private static final Set<String> OF_ANY_KEY = Set.of(
            "engine.node.ExpiringSet.members", "engine.node.ExpiringSet$Member.set", "api.Backlog$Latest.values");

    @Test
    void keysOfMapsAreComparable() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass type : new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .withImportOption(location -> !location.contains("-tests.jar"))
                .importPackages(
                        "io.grasp.engine",
                        "io.grasp.substrate.netty",
                        "io.grasp.api",
                        "io.grasp.metrics",
                        "io.grasp.neighbors")) {
            for (JavaField field : type.getFields()) {
                String name = field.getFullName().replace("io.grasp.", "");
                if (hasKeys(field.getRawType()) && !isSafe(field.reflect())) {
                    wrong.add(name);
                }
            }
        }
        Set<String> known = new TreeSet<>(ORDERED_BY_A_COMPARATOR);
        known.addAll(NOT_CHOSEN_BY_PEERS);
        known.addAll(OF_ANY_KEY);
        assertThat(wrong).isEqualTo(known);
    }

    private static boolean hasKeys(JavaClass type) {
        return (type.isAssignableTo(Map.class)
                        || type.isAssignableTo(Set.class)
                        || type.isAssignableTo(ExpiringSet.class))
                && !type.isAssignableTo(IdentityHashMap.class);
    }

    private static boolean isSafe(Field field) {
        return field.getGenericType() instanceof ParameterizedType map
                && raw(map.getActualTypeArguments()[0]) instanceof Class<?> key
                && (key.isEnum() || key == SessionId.class || isComparable(key) || isComparedByIdentity(key));
    }

    private static Type raw(Type type) {
        return type instanceof ParameterizedType generic ? generic.getRawType() : type;
    }

    private static boolean isComparedByIdentity(Class<?> key) {
        try {
            return !key.isInterface()
                    && !key.isArray()
                    && key != Object.class
                    && key.getMethod("equals", Object.class).getDeclaringClass() == Object.class;
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e);
        }
    }

    /** {@return whether a class is comparable as hash maps require it: to itself, and by its own declaration} */
    private static boolean isComparable(Class<?> key) {
        return Arrays.stream(key.getGenericInterfaces())
                .anyMatch(each -> each instanceof ParameterizedType comparable
                        && comparable.getRawType() == Comparable.class
                        && Arrays.equals(comparable.getActualTypeArguments(), new Type[] {key}));
    }
}
