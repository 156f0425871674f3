package io.grasp.benchmarks;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.grasp.api.Grasp;
import io.grasp.model.Objective;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The dependencies of the benchmarks that docs/architecture.md allows. */
class LayersTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.grasp.benchmarks");

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.grasp.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void packagesDependOnLowerOnesOnly() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("attack")
                .definedBy("io.grasp.benchmarks.attack..")
                .layer("commands")
                .definedBy("io.grasp.benchmarks.load")
                .layer("process")
                .definedBy("io.grasp.benchmarks.load.process..")
                .layer("grasp")
                .definedBy("io.grasp.benchmarks.load.grasp..")
                .layer("ceiling")
                .definedBy("io.grasp.benchmarks.load.ceiling..")
                .layer("growth")
                .definedBy("io.grasp.benchmarks.load.growth..")
                .layer("report")
                .definedBy("io.grasp.benchmarks.load.report..")
                .layer("workload")
                .definedBy("io.grasp.benchmarks.load.workload..")
                .layer("jmh")
                .definedBy("io.grasp.benchmarks", "io.grasp.benchmarks.jmh_generated..")
                .layer("memory")
                .definedBy("io.grasp.benchmarks.memory..")
                .layer("mux")
                .definedBy("io.grasp.benchmarks.mux..")
                .whereLayer("mux")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("attack")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("commands")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("process")
                .mayOnlyBeAccessedByLayers("commands")
                .whereLayer("grasp")
                .mayOnlyBeAccessedByLayers("commands", "process")
                .whereLayer("ceiling")
                .mayOnlyBeAccessedByLayers("commands", "process")
                .whereLayer("growth")
                .mayOnlyBeAccessedByLayers("commands")
                .whereLayer("report")
                .mayOnlyBeAccessedByLayers("commands", "process", "growth")
                .whereLayer("workload")
                .mayOnlyBeAccessedByLayers("attack", "commands", "process", "grasp", "ceiling", "report")
                .whereLayer("jmh")
                .mayOnlyBeAccessedByLayers("commands")
                .ensureAllClassesAreContainedInArchitectureIgnoring(describe(
                        "of other modules", type -> !type.getPackageName().startsWith("io.grasp.benchmarks")))
                .check(CLASSES);
    }

    /** A ceiling does the same work without GRASP. */
    @Test
    void ceilingsDoNotUseTheStack() {
        noClasses()
                .that()
                .resideInAPackage("io.grasp.benchmarks.load.ceiling..")
                .should()
                .dependOnClassesThat(describe(
                        "of the stack",
                        type -> type.getPackageName().startsWith("io.grasp")
                                && !type.getPackageName().startsWith("io.grasp.benchmarks")))
                .check(CLASSES);
    }

    /**
     * The stack is compared with its ceilings as applications use it. Internals are seen only where they are measured
     * themselves: the JMH benchmarks, memory and growth; and where the workload needs the bytes of messages.
     */
    @Test
    void internalsAreUsedOnlyWhereTheyAreMeasured() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.grasp.benchmarks.load",
                        "io.grasp.benchmarks.load.grasp..",
                        "io.grasp.benchmarks.load.process..",
                        "io.grasp.benchmarks.load.report..")
                .should()
                .dependOnClassesThat(notExported())
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("io.grasp.benchmarks.load.workload..")
                .should()
                .dependOnClassesThat(notExported()
                        .and(describe(
                                "not messages", type -> !type.getPackageName().equals("io.grasp.wire"))))
                .check(CLASSES);
    }

    private static DescribedPredicate<JavaClass> notExported() {
        Set<String> exported = Stream.of(Objective.class, Grasp.class)
                .map(LayersTest::module)
                .flatMap(module -> module.exports().stream())
                .filter(export -> !export.isQualified())
                .map(ModuleDescriptor.Exports::source)
                .collect(Collectors.toSet());
        assertThat(exported).contains("io.grasp.api", "io.grasp.model").doesNotContain("io.grasp.wire");
        return describe(
                "not exported",
                type -> type.getPackageName().startsWith("io.grasp")
                        && !type.getPackageName().startsWith("io.grasp.benchmarks")
                        && !exported.contains(type.getPackageName()));
    }

    private static ModuleDescriptor module(Class<?> type) {
        try {
            Path place = Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
            return ModuleFinder.of(place).findAll().iterator().next().descriptor();
        } catch (URISyntaxException e) {
            throw new AssertionError("the place of " + type + " is a path", e);
        }
    }
}
