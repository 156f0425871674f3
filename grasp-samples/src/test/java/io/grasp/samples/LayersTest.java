package io.grasp.samples;

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
import io.grasp.util.AddressText;
import io.grasp.util.EventCollector;
import io.grasp.util.FileErrorText;
import io.grasp.util.GrowingPauses;
import io.grasp.util.PrintableText;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The dependencies of the samples that docs/architecture.md allows. */
class LayersTest {
    /** Forms of texts, pauses and batches, of which the samples would need copies. */
    private static final Set<Class<?>> TOOLS = Set.of(
            AddressText.class, FileErrorText.class, PrintableText.class, GrowingPauses.class, EventCollector.class);

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.grasp.samples");

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.grasp.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void commandsUseTheOtherPackagesAndNotTheReverse() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("commands")
                .definedBy("io.grasp.samples")
                .layer("node")
                .definedBy("io.grasp.samples.node..")
                .layer("control")
                .definedBy("io.grasp.samples.control")
                .layer("client")
                .definedBy("io.grasp.samples.control.client")
                .layer("console")
                .definedBy("io.grasp.samples.console..")
                .layer("asa")
                .definedBy("io.grasp.samples.asa..")
                .layer("ca")
                .definedBy("io.grasp.samples.ca..")
                .layer("chaos")
                .definedBy("io.grasp.samples.chaos..")
                .layer("scale")
                .definedBy("io.grasp.samples.scale..")
                .layer("scenario")
                .definedBy("io.grasp.samples.scenario..")
                .layer("plot")
                .definedBy("io.grasp.samples.plot..")
                .layer("quads")
                .definedBy("io.grasp.samples.quads..")
                .layer("prefix")
                .definedBy("io.grasp.samples.prefix..")
                .layer("doctor")
                .definedBy("io.grasp.samples.doctor..")
                .layer("selftest")
                .definedBy("io.grasp.samples.selftest..")
                .layer("transfer")
                .definedBy("io.grasp.samples.transfer..")
                .layer("onboarding")
                .definedBy("io.grasp.samples.onboarding..")
                .layer("process")
                .definedBy("io.grasp.samples.process..")
                .layer("text")
                .definedBy("io.grasp.samples.text..")
                .whereLayer("commands")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("control")
                .mayOnlyBeAccessedByLayers("commands", "client", "console")
                .whereLayer("client")
                .mayOnlyBeAccessedByLayers("commands")
                .whereLayer("console")
                .mayOnlyBeAccessedByLayers("commands")
                .whereLayer("node")
                .mayOnlyBeAccessedByLayers("commands", "control", "client")
                .whereLayer("asa")
                .mayOnlyBeAccessedByLayers("commands", "prefix", "onboarding")
                .whereLayer("ca")
                .mayOnlyBeAccessedByLayers("commands", "node")
                .whereLayer("chaos")
                .mayOnlyBeAccessedByLayers("commands")
                .whereLayer("scale")
                .mayOnlyBeAccessedByLayers("commands")
                .whereLayer("scenario")
                .mayOnlyBeAccessedByLayers("commands")
                .whereLayer("plot")
                .mayOnlyBeAccessedByLayers("scale", "scenario")
                .whereLayer("quads")
                .mayOnlyBeAccessedByLayers("commands")
                .whereLayer("prefix")
                .mayOnlyBeAccessedByLayers("commands", "control")
                .whereLayer("doctor")
                .mayOnlyBeAccessedByLayers("commands")
                .whereLayer("selftest")
                .mayOnlyBeAccessedByLayers("commands")
                .whereLayer("transfer")
                .mayOnlyBeAccessedByLayers("commands")
                .whereLayer("onboarding")
                .mayOnlyBeAccessedByLayers("commands")
                .whereLayer("process")
                .mayOnlyBeAccessedByLayers("commands", "prefix")
                .whereLayer("text")
                .mayOnlyBeAccessedByLayers(
                        "commands",
                        "node",
                        "control",
                        "asa",
                        "quads",
                        "scenario",
                        "console",
                        "client",
                        "doctor",
                        "selftest",
                        "onboarding",
                        "prefix",
                        "transfer")
                .ensureAllClassesAreContainedInArchitectureIgnoring(describe(
                        "of other modules", type -> !type.getPackageName().startsWith("io.grasp.samples")))
                .check(CLASSES);
    }

    /**
     * Samples show what any application can do. The exceptions are a command whose purpose is the wire format, and the
     * forms of addresses, of peers' text and of errors about files, in which commands print them as the library does.
     */
    @Test
    void samplesUseOnlyExportedPackages() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(DecodeCommand.class.getName())
                .should()
                .dependOnClassesThat(notExported()
                        .and(describe(
                                "not a tool that knows nothing of GRASP",
                                type -> TOOLS.stream().noneMatch(type::isEquivalentTo))))
                .check(CLASSES);
    }

    @Test
    void asasToCopyFromUseOnlyExportedPackages() {
        noClasses()
                .that()
                .resideInAPackage("io.grasp.samples.asa..")
                .should()
                .dependOnClassesThat(notExported())
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
                        && !type.getPackageName().startsWith("io.grasp.samples")
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
