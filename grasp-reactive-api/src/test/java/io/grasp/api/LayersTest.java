package io.grasp.api;

import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.grasp.model.MessageInfo;
import io.grasp.model.Objective;
import io.grasp.util.AddressText;
import io.grasp.wire.GraspMessage;
import java.lang.module.ModuleDescriptor;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The dependencies between packages that docs/architecture.md allows. */
class LayersTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("io.grasp");

    /** ArchUnit does not know which classes of the JDK extend others, so each is named. */
    private static final List<Class<?>> NOT_IN_THE_ENGINE = List.of(
            Socket.class,
            ServerSocket.class,
            DatagramSocket.class,
            ThreadLocal.class,
            Executor.class,
            ExecutorService.class,
            ScheduledExecutorService.class,
            Executors.class,
            CompletableFuture.class,
            CountDownLatch.class,
            Timer.class,
            Clock.class,
            Random.class,
            SecureRandom.class,
            ThreadLocalRandom.class);

    @Test
    void layersDependOnLowerOnesOnly() {
        check(layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("samples")
                .definedBy("io.grasp.samples..")
                .layer("metrics")
                .definedBy("io.grasp.metrics..")
                .layer("logging")
                .definedBy("io.grasp.logging..")
                .layer("neighbors")
                .definedBy("io.grasp.neighbors..")
                .layer("simulation")
                .definedBy("io.grasp.simulation..")
                .layer("host")
                .definedBy("io.grasp.host..")
                .layer("api")
                .definedBy("io.grasp.api..")
                .layer("engine")
                .definedBy("io.grasp.engine..")
                .layer("inspection")
                .definedBy("io.grasp.inspection..")
                .layer("observe")
                .definedBy("io.grasp.observe..")
                .layer("config")
                .definedBy("io.grasp.config..")
                .layer("netty")
                .definedBy("io.grasp.substrate.netty..")
                .layer("sim")
                .definedBy("io.grasp.substrate.sim..")
                .layer("substrate")
                .definedBy("io.grasp.substrate")
                .layer("security")
                .definedBy("io.grasp.security..")
                .layer("wire")
                .definedBy("io.grasp.wire..")
                .layer("model")
                .definedBy("io.grasp.model..")
                .layer("cbor")
                .definedBy("io.grasp.cbor..")
                .layer("util")
                .definedBy("io.grasp.util..")
                .withOptionalLayers(true)
                .whereLayer("samples")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("metrics")
                .mayOnlyBeAccessedByLayers("samples")
                .whereLayer("logging")
                .mayOnlyBeAccessedByLayers("samples")
                .whereLayer("neighbors")
                .mayOnlyBeAccessedByLayers("samples")
                .whereLayer("simulation")
                .mayOnlyBeAccessedByLayers("samples")
                .whereLayer("host")
                .mayOnlyBeAccessedByLayers("samples")
                .whereLayer("api")
                .mayOnlyBeAccessedByLayers("samples", "neighbors", "simulation", "host")
                .whereLayer("engine")
                .mayOnlyBeAccessedByLayers("samples", "simulation", "api")
                .whereLayer("inspection")
                .mayOnlyBeAccessedByLayers("samples", "neighbors", "simulation", "api", "engine")
                .whereLayer("observe")
                .mayOnlyBeAccessedByLayers(
                        "samples", "metrics", "logging", "neighbors", "simulation", "api", "engine", "inspection")
                .whereLayer("config")
                .mayOnlyBeAccessedByLayers(
                        "samples", "neighbors", "simulation", "host", "api", "engine", "inspection", "observe")
                .whereLayer("netty")
                .mayOnlyBeAccessedByLayers("samples", "neighbors", "api")
                .whereLayer("sim")
                .mayOnlyBeAccessedByLayers("samples", "simulation")
                .whereLayer("substrate")
                .mayOnlyBeAccessedByLayers("samples", "neighbors", "simulation", "api", "engine", "netty", "sim")
                .whereLayer("security")
                .mayOnlyBeAccessedByLayers(
                        "samples", "simulation", "api", "engine", "inspection", "config", "netty", "sim")
                .whereLayer("wire")
                .mayOnlyBeAccessedByLayers("samples", "metrics", "simulation", "engine", "config", "netty")
                .whereLayer("util")
                .mayNotAccessAnyLayer()
                .ensureAllClassesAreContainedInArchitecture());
    }

    /** RFC 8994 section 6.9.2 lets the links of an Autonomic Control Plane carry some types of messages only. */
    @Test
    void onlyTheSubstrateOfAnAutonomicControlPlaneKnowsMessages() {
        check(noClasses()
                .that()
                .resideInAPackage("io.grasp.substrate.netty..")
                .and()
                .resideOutsideOfPackage("io.grasp.substrate.netty.acp..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.grasp.wire.."));
    }

    /** The parts of the engine, in the order of the table in docs/architecture.md: each may depend on earlier ones. */
    @Test
    void partsOfTheEngineDependOnlyOnPartsBeforeThem() {
        List<String> parts = List.of(
                "fairness",
                "audit",
                "node",
                "watch",
                "channel",
                "registry",
                "discovery",
                "flood",
                "negotiation",
                "synchronization",
                "rapid",
                "extension");
        for (int i = 0; i < parts.size(); i++) {
            String[] later = Stream.concat(
                            parts.stream().skip(i + 1L).map(part -> "io.grasp.engine." + part + ".."),
                            Stream.of("io.grasp.engine"))
                    .toArray(String[]::new);
            check(noClasses()
                    .that()
                    .resideInAPackage("io.grasp.engine." + parts.get(i) + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(later));
        }
        check(classes()
                .that()
                .resideInAPackage("io.grasp.engine..")
                .should()
                .resideInAnyPackage(Stream.concat(
                                parts.stream().map(part -> "io.grasp.engine." + part), Stream.of("io.grasp.engine"))
                        .toArray(String[]::new)));
    }

    /** A topology is built in a simulated network, which need not know it; the network's time does not know either. */
    @Test
    void simulatedNetworkDependsOnItsTimeAndNotOnTopologies() {
        check(noClasses()
                .that()
                .resideInAPackage("io.grasp.substrate.sim")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.grasp.substrate.sim.topology.."));
        check(noClasses()
                .that()
                .resideInAPackage("io.grasp.substrate.sim.time..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grasp.substrate.sim", "io.grasp.substrate.sim.topology.."));
    }

    /** What carries packets and streams sees a {@code Path}, and the rest of its network in a context. */
    @Test
    void simulatedPacketsAndStreamsKnowNeitherNodesNorLinks() {
        String sim = "io\\.grasp\\.substrate\\.sim\\.";
        check(noClasses()
                .that()
                .haveNameMatching(sim
                        + "(ControlPacket|EventPublisher|LinkConditions|LinkKind|NameTable|NetworkContext|Packet|Path|Pipe"
                        + "|ReceiveQueue|SendWindow|SimTcp)(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .haveNameMatching(sim + "(Attachment|Route|SimConnection|SimLink|SimNetwork|SimNode)(\\$.*)?"));
    }

    @Test
    void packagesHaveNoCycles() {
        check(slices().matching("io.grasp.(**)").should().beFreeOfCycles());
    }

    @Test
    void engineUsesNoNetworkNoClockAndNoThreads() {
        check(noClasses()
                .that()
                .resideInAPackage("io.grasp.engine..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..", "reactor..", "java.util.concurrent.locks..", "java.nio.channels..")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "do I/O, run threads, or know the time or chance",
                        type -> NOT_IN_THE_ENGINE.stream().anyMatch(type::isEquivalentTo))));
    }

    @Test
    void valuesAndWireFormatUseNoNetworkAndNoReactor() {
        check(noClasses()
                .that()
                .resideInAnyPackage(
                        "io.grasp.model..",
                        "io.grasp.cbor..",
                        "io.grasp.wire..",
                        "io.grasp.util..",
                        "io.grasp.substrate")
                .and()
                .doNotBelongToAnyOf(AddressText.class) // Netty prints an address as RFC 5952 recommends
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..", "reactor.."));
    }

    @Test
    void jacksonIsUsedForValuesOnly() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages("io.grasp.model..", "io.grasp.samples..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("tools.jackson.."));
    }

    @Test
    void onlyTheNettySubstrateUsesNetty() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage("io.grasp.substrate.netty..")
                .and()
                .doNotBelongToAnyOf(AddressText.class) // Netty prints an address as RFC 5952 recommends
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty.."));
    }

    @Test
    void onlyTheLoggingObserverLogs() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages("io.grasp.logging..", "io.grasp.samples..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.slf4j..", "java.util.logging.."));
    }

    @Test
    void noWireMessageInTheApi() {
        check(noClasses()
                .that()
                .resideInAPackage("io.grasp.api..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grasp.wire.."));
    }

    /**
     * Our metrics and invariants observe messages as those of users do. One invariant needs the ttl of a response, which
     * {@link MessageInfo} does not have.
     */
    @Test
    void observersNeedNoWireMessages() {
        check(noClasses()
                .that()
                .resideInAnyPackage(
                        "io.grasp.metrics..",
                        "io.grasp.logging..",
                        "io.grasp.simulation",
                        "io.grasp.simulation.chaos..")
                .and()
                .haveNameNotMatching(".*ExpiredLocatorsInvariant.*")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(GraspMessage.class));
    }

    /**
     * An application sees the packages that the modules export to all: types in their signatures are visible too.
     */
    @Test
    void exportedPackagesShowOnlyWhatIsExported() {
        Set<String> exported = Stream.of(Objective.class, Grasp.class)
                .flatMap(ofModule -> Modules.of(ofModule).descriptor().exports().stream())
                .filter(export -> !export.isQualified())
                .map(ModuleDescriptor.Exports::source)
                .collect(Collectors.toSet());
        assertThat(exported).contains("io.grasp.api", "io.grasp.model").doesNotContain("io.grasp.engine");
        check(classes()
                .that()
                .resideInAnyPackage(exported.toArray(String[]::new))
                .and(are(SEEN))
                .should(showOnlyTypesIn(exported)));
    }

    /** The SPI is exported for authors of substrates; an author of ASAs meets it only where a substrate is chosen. */
    @Test
    void apiShowsTheSubstrateOnlyInTheSettings() {
        Set<String> ofAsas = Stream.of("api", "cbor", "config", "inspection", "model", "observe")
                .map(name -> "io.grasp." + name)
                .collect(Collectors.toSet());
        check(classes()
                .that()
                .resideInAPackage("io.grasp.api")
                .and()
                .doNotBelongToAnyOf(GraspConfig.class)
                .and(are(SEEN))
                .should(showOnlyTypesIn(ofAsas)));
    }

    private static final DescribedPredicate<JavaClass> SEEN =
            DescribedPredicate.describe("seen from outside", LayersTest::isSeen);

    private static boolean isSeen(JavaClass type) {
        return isSeen(type.getModifiers())
                && type.getEnclosingClass().map(LayersTest::isSeen).orElse(true);
    }

    private static boolean isSeen(Set<JavaModifier> modifiers) {
        return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }

    private static ArchCondition<JavaClass> showOnlyTypesIn(Set<String> exported) {
        return new ArchCondition<>("show only types of exported packages") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                Stream<JavaType> inherited =
                        Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
                require(type.getDescription(), Stream.concat(inherited, type.getTypeParameters().stream()), events);
                type.getMembers().stream()
                        .filter(member -> isSeen(member.getModifiers()))
                        .forEach(member -> require(
                                member.getDescription(),
                                member instanceof JavaCodeUnit called
                                        ? Stream.concat(
                                                Stream.of(called.getReturnType()),
                                                Stream.concat(
                                                        called.getParameterTypes().stream(),
                                                        called.getExceptionTypes().stream()))
                                        : Stream.of(((JavaField) member).getType()),
                                events));
            }

            private void require(String what, Stream<? extends JavaType> shown, ConditionEvents events) {
                shown.flatMap(type -> type.getAllInvolvedRawTypes().stream())
                        .map(JavaClass::getBaseComponentType)
                        .filter(type -> type.getPackageName().startsWith("io.grasp"))
                        .filter(type -> !exported.contains(type.getPackageName()) || !isSeen(type))
                        .distinct()
                        .forEach(type ->
                                events.add(SimpleConditionEvent.violated(type, what + " shows " + type.getName())));
            }
        };
    }

    /** RFC 5952: the JDK prints addresses in another form, also in records. */
    @Test
    void addressesArePrintedInOnePlace() {
        check(noClasses()
                .that()
                .doNotHaveFullyQualifiedName(AddressText.class.getName())
                .should()
                .callMethod(InetAddress.class, "getHostAddress")
                .orShould()
                .callMethod(InetAddress.class, "toString")
                .orShould()
                .callMethod(InetSocketAddress.class, "toString"));
        check(classes()
                .that()
                .areRecords()
                .and()
                .arePublic()
                .and(DescribedPredicate.describe("hold addresses", LayersTest::holdsAddresses))
                .should()
                .dependOnClassesThat()
                .areAssignableTo(AddressText.class));
    }

    private static boolean holdsAddresses(JavaClass type) {
        return type.getFields().stream()
                .map(field -> field.getRawType())
                .anyMatch(
                        held -> held.isAssignableTo(InetAddress.class) || held.isEquivalentTo(InetSocketAddress.class));
    }

    @Test
    void thereIsNoStaticMutableState() {
        check(fields().that()
                .areStatic()
                .and()
                .areDeclaredInClassesThat()
                .resideInAPackage("io.grasp..")
                .should()
                .beFinal());
    }

    private static void check(ArchRule rule) {
        rule.check(CLASSES);
    }
}
