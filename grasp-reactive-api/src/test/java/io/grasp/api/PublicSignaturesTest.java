package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.grasp.substrate.Substrate;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The types in signatures for authors of ASAs: values, settings and the API, but no internal types. */
class PublicSignaturesTest {
    private static final List<String> SEEN = List.of(
            "io.grasp.api",
            "io.grasp.config",
            "io.grasp.host",
            "io.grasp.inspection",
            "io.grasp.logging",
            "io.grasp.metrics",
            "io.grasp.model",
            "io.grasp.observe");

    /** The engine, the wire format, their utilities, and the interfaces that authors of substrates implement. */
    private static boolean isInside(Class<?> type) {
        String name = type.getPackageName();
        return name.equals("io.grasp.substrate")
                || Stream.of("engine", "wire", "util")
                        .map(inside -> "io.grasp." + inside)
                        .anyMatch(inside -> name.equals(inside) || name.startsWith(inside + "."));
    }

    @Test
    void publicSignaturesHaveNoInternalType() {
        TreeMap<String, Set<String>> found = new TreeMap<>();
        for (Class<?> type : seen(SEEN)) {
            members(type).forEach(member -> {
                Set<String> inside = new TreeSet<>();
                types(member).stream()
                        .filter(PublicSignaturesTest::isInside)
                        .map(Class::getName)
                        .forEach(inside::add);
                if (!inside.isEmpty()) {
                    found.put(name(member), inside);
                }
            });
        }

        assertThat(found)
                .as("except for authors of substrates")
                .containsExactly(Map.entry("GraspConfig.withSubstrate", Set.of(Substrate.class.getName())));
    }

    /**
     * Callers have factories and {@code with...} methods for these records, whose components may be absent in what a
     * peer sends. A session may end without a failure.
     */
    private static final Set<String> MAY_BE_ABSENT = Set.of(
            "GraspObserver.sessionEnded",
            "new EngineConfig",
            "new ExtensionMessage",
            "new FloodedObjective",
            "new IdentityStatus",
            "new MessagePath",
            "new TaggedObjective",
            "new Uri");

    @Test
    void noParameterIsNullable() {
        Set<String> found = new TreeSet<>();
        for (Class<?> type : seen(SEEN)) {
            members(type)
                    .filter(Executable.class::isInstance)
                    .map(Executable.class::cast)
                    .filter(member -> Arrays.stream(member.getAnnotatedParameterTypes())
                            .anyMatch(PublicSignaturesTest::isNullable))
                    .forEach(member -> found.add(name(member)));
        }
        assertThat(found).isEqualTo(MAY_BE_ABSENT);
    }

    private static boolean isNullable(AnnotatedType type) {
        return type.isAnnotationPresent(Nullable.class);
    }

    private static List<Class<?>> seen(List<String> packages) {
        List<Class<?>> seen = new ArrayList<>();
        new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .withImportOption(location -> !location.contains("-tests.jar"))
                        .importPackages(packages)
                        .stream()
                        .filter(type -> packages.contains(type.getPackageName()))
                        .filter(PublicSignaturesTest::isPublic)
                        .forEach(type -> seen.add(type.reflect()));
        assertThat(seen).hasSizeGreaterThan(10);
        return seen;
    }

    private static boolean isPublic(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(PublicSignaturesTest::isPublic).orElse(true);
    }

    private static Stream<Member> members(Class<?> type) {
        return Stream.<Member>concat(
                        Stream.concat(
                                Arrays.stream(type.getDeclaredMethods()).filter(method -> !method.isSynthetic()),
                                Arrays.stream(type.getDeclaredConstructors())),
                        Arrays.stream(type.getDeclaredFields()))
                .filter(member ->
                        Modifier.isPublic(member.getModifiers()) || Modifier.isProtected(member.getModifiers()));
    }

    private static String name(Member member) {
        String owner = member.getDeclaringClass().getSimpleName();
        return member instanceof Constructor ? "new " + owner : owner + "." + member.getName();
    }

    private static Set<Class<?>> types(Member member) {
        Set<Class<?>> all = new LinkedHashSet<>();
        if (member instanceof Field field) {
            collect(field.getGenericType(), all);
        } else if (member instanceof Executable executable) {
            Arrays.stream(executable.getGenericParameterTypes()).forEach(type -> collect(type, all));
            Arrays.stream(executable.getGenericExceptionTypes()).forEach(type -> collect(type, all));
            if (executable instanceof Method method) {
                collect(method.getGenericReturnType(), all);
            }
        }
        return all;
    }

    private static void collect(Type type, Set<Class<?>> into) {
        if (type instanceof Class<?> plain) {
            into.add(plain.isArray() ? plain.getComponentType() : plain);
        } else if (type instanceof ParameterizedType parameterized) {
            collect(parameterized.getRawType(), into);
            Arrays.stream(parameterized.getActualTypeArguments()).forEach(each -> collect(each, into));
        } else if (type instanceof GenericArrayType array) {
            collect(array.getGenericComponentType(), into);
        } else if (type instanceof WildcardType wildcard) {
            Arrays.stream(wildcard.getUpperBounds()).forEach(each -> collect(each, into));
            Arrays.stream(wildcard.getLowerBounds()).forEach(each -> collect(each, into));
        }
    }
}
