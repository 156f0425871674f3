package io.grasp.samples.conformance;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.properties.CanBeAnnotated;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.grasp.Proves;
import io.grasp.samples.Project;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Tags;

/** The claims of the compiled tests of all modules. */
final class Claims {
    /** By name: not all of them are on this module's class path. */
    private static final Set<String> TESTS = Set.of("Test", "ParameterizedTest", "FuzzTest");

    /** All claims, in order. */
    final TreeSet<Claim> all = new TreeSet<>();

    /** Errors in claims: the annotated method is not a test, or does not run in every build. */
    final List<String> wrong = new ArrayList<>();

    private final JavaClasses classes;

    private Claims(JavaClasses classes) {
        this.classes = classes;
    }

    static Claims read() {
        return of(new ClassFileImporter().importPaths(Project.inEachModule("target/test-classes")));
    }

    static Claims of(JavaClasses classes) {
        Claims claims = new Claims(classes);
        for (JavaClass type : classes) {
            if (type.isAnnotatedWith(Proves.class)) {
                claims.add(type, "", type.getMethods().stream().anyMatch(Claims::isTest), type);
            }
            for (JavaMethod method : type.getMethods()) {
                if (method.isAnnotatedWith(Proves.class)) {
                    claims.add(type, method.getName(), isTest(method), method);
                }
            }
        }
        return claims;
    }

    private void add(JavaClass type, String method, boolean isTest, CanBeAnnotated element) {
        for (String id : Proves.class
                .cast(
                        element instanceof JavaClass annotated
                                ? annotated.getAnnotationOfType(Proves.class)
                                : ((JavaMember) element).getAnnotationOfType(Proves.class))
                .value()) {
            Claim claim = new Claim(id, type.getName(), method);
            if (!all.add(claim)) {
                wrong.add(claim.test() + " claims " + id + " twice");
            }
            if (!isTest) {
                wrong.add(claim.test() + " is no test");
            }
            if (!runsAlways(element) || !runsAlways(type)) {
                wrong.add(claim.test() + " does not run in every build");
            }
            if (!hasConcrete(type)) {
                wrong.add(claim.test() + " is in an abstract class that no class extends");
            }
        }
    }

    private static boolean isTest(JavaMethod method) {
        return method.getAnnotations().stream()
                .anyMatch(annotation -> TESTS.contains(annotation.getRawType().getSimpleName()));
    }

    private static boolean runsAlways(CanBeAnnotated element) {
        return !element.isAnnotatedWith(Tag.class)
                && !element.isAnnotatedWith(Tags.class)
                && !element.isAnnotatedWith(Disabled.class);
    }

    private static boolean hasConcrete(JavaClass type) {
        return concrete(type).findAny().isPresent();
    }

    private static Stream<String> concrete(JavaClass type) {
        return Stream.concat(Stream.of(type), type.getAllSubclasses().stream())
                .filter(each -> !each.getModifiers().contains(JavaModifier.ABSTRACT))
                .map(JavaClass::getName);
    }

    /**
     * {@return the runnable tests that claim some statements} The claims of an abstract class are run in a class
     * that extends it, on the simulator if there is one. Integration tests create namespaces, which is not possible in
     * the namespace in which these run.
     */
    List<String> runnable(List<String> ids) {
        return all.stream()
                .filter(claim -> ids.contains(claim.id()) && !claim.className().endsWith("IT"))
                .map(this::runnable)
                .distinct()
                .toList();
    }

    private String runnable(Claim claim) {
        String type = concrete(classes.get(claim.className()))
                .min(Comparator.comparing((String name) -> !name.contains(".Sim"))
                        .thenComparing(name -> name))
                .orElseThrow();
        return claim.method().isEmpty() ? type : type + "#" + claim.method();
    }
}
