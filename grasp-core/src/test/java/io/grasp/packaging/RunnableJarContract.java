package io.grasp.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What each runnable jar says about the libraries in it: their licenses, their notices and a bill of materials. The class path of the
 * test shows which libraries these are: those whose code is in the jar.
 */
public abstract class RunnableJarContract {
    private static final String OURS = "io.grasp";
    private static final String THIRD_PARTY = "META-INF/third-party/";
    private static final String VERSIONS = "META-INF/versions/";

    private static final String WEBJARS = "META-INF/resources/webjars/";

    /** The names of texts that a library's license may require to be passed on. */
    private static final String TEXT =
            "(?i)(META-INF/(licen[cs]es?/)?)?[^/]*(licen[cs]e|notice|copying|third-?party)[^/]*|" + WEBJARS
                    + "[^/]+/[^/]+/LICENSE";

    /** For each license, a phrase that its full text contains and other texts do not. */
    private static final Map<String, String> PHRASES = Map.of(
            "Apache-2.0", "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION",
            "BSD-3-Clause", "Neither the name of JLine nor the names of its contributors may be used to endorse",
            "Bouncy Castle Licence", "The Legion of the Bouncy Castle",
            "MIT", "The above copyright notice and this permission notice shall be included in all copies",
            "MIT-0", "MIT No Attribution",
            "CC0-1.0 or BSD-2-Clause", "2. Redistributions in binary form must reproduce the above copyright notice",
            "GPL-2.0-with-classpath-exception", "\"CLASSPATH\" EXCEPTION");

    private final Path path;
    private final String sbom;
    private JarFile jar;
    private Set<String> code;
    private List<Row> table;
    private Map<String, Library> classPath;
    private List<Library> shaded;

    /**
     * A jar.
     *
     * @param path where it is
     * @param module the artifact of the module that makes it
     */
    protected RunnableJarContract(Path path, String module) {
        this.path = path;
        this.sbom = "META-INF/sbom/" + module + ".cdx.json";
    }

    /** A row of the table of libraries. The container is the library that contains this one, or empty. */
    private record Row(String directory, String library, String container, String packages, String license) {
        boolean isFor(String artifact) {
            return library.endsWith("*")
                    ? artifact.startsWith(library.substring(0, library.length() - 1))
                    : artifact.equals(library);
        }
    }

    /** A library of the class path, with a jar for each classifier. */
    private record Library(String artifact, String version, List<Path> jars) {}

    @BeforeEach
    void open() throws IOException {
        jar = new JarFile(path.toFile());
        code = code(jar);
        table = text(THIRD_PARTY + "README.md")
                .lines()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| directory"))
                .map(RunnableJarContract::row)
                .toList();
        classPath = classPath();
        shaded = new ArrayList<>();
        for (Library library : classPath.values()) {
            if (!Collections.disjoint(code, code(library))) {
                shaded.add(library);
            }
        }
    }

    @AfterEach
    void close() throws IOException {
        jar.close();
    }

    private static Row row(String line) {
        String[] cells = line.split("\\|");
        String[] library = cells[2].strip().split(" inside ");
        return new Row(
                cells[1].strip(), library[0], library.length > 1 ? library[1] : "", cells[3].strip(), cells[4].strip());
    }

    /** The jars of other projects on the class path, which are all in Maven's local repository: GROUP/ARTIFACT/VERSION/FILE. */
    private static Map<String, Library> classPath() {
        Path repository = Path.of(System.getProperty("localRepository")).toAbsolutePath();
        Map<String, Library> libraries = new TreeMap<>();
        for (String each : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path file = Path.of(each).toAbsolutePath();
            if (file.startsWith(repository)) {
                Path place = repository.relativize(file);
                int names = place.getNameCount();
                String group = Stream.iterate(0, i -> i < names - 3, i -> i + 1)
                        .map(i -> place.getName(i).toString())
                        .collect(Collectors.joining("."));
                String artifact = group + ":" + place.getName(names - 3);
                if (!group.equals(OURS)) {
                    String version = place.getName(names - 2).toString();
                    libraries
                            .computeIfAbsent(artifact, key -> new Library(artifact, version, new ArrayList<>()))
                            .jars()
                            .add(file);
                }
            }
        }
        return libraries;
    }

    private static Set<String> code(Library library) throws IOException {
        Set<String> entries = new TreeSet<>();
        for (Path file : library.jars()) {
            try (JarFile from = new JarFile(file.toFile())) {
                entries.addAll(code(from));
            }
        }
        return entries;
    }

    /**
     * The entries that are code of other projects: classes, native libraries and what browsers load, without the prefix of a Java
     * version.
     */
    private static Set<String> code(JarFile jar) {
        return names(jar)
                .filter(name ->
                        name.endsWith(".class") || name.startsWith("META-INF/native/") || name.startsWith(WEBJARS))
                .filter(name -> !name.endsWith("module-info.class"))
                .map(name ->
                        name.startsWith(VERSIONS) ? name.substring(name.indexOf('/', VERSIONS.length()) + 1) : name)
                .filter(name -> !name.startsWith("io/grasp/"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<String> names(JarFile jar) {
        return jar.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName);
    }

    private String text(String entry) throws IOException {
        return new String(bytes(jar, entry), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(JarFile jar, String entry) throws IOException {
        ZipEntry found = jar.getEntry(entry);
        assertThat(found).as("%s in %s", entry, jar.getName()).isNotNull();
        try (InputStream input = jar.getInputStream(found)) {
            return input.readAllBytes();
        }
    }

    /** The row of a package, which is the one with the longest prefix of it. */
    private Optional<Row> rowOfPackage(String name) {
        return table.stream()
                .filter(row -> (name + ".").startsWith(row.packages() + "."))
                .max(Comparator.comparingInt(row -> row.packages().length()));
    }

    private Row rowOf(String artifact) {
        List<Row> rows = table.stream().filter(row -> row.isFor(artifact)).toList();
        assertThat(rows).as("rows for %s", artifact).hasSize(1);
        return rows.get(0);
    }

    /** The rows of the libraries that are in the jar inside others. */
    private List<Row> insideOthers() {
        return table.stream()
                .filter(row -> !row.container().isEmpty())
                .filter(row -> code.stream()
                        .anyMatch(entry -> entry.startsWith(row.packages().replace('.', '/'))))
                .toList();
    }

    /** The texts in a directory of the jar. */
    private Map<String, byte[]> texts(String directory) throws IOException {
        Map<String, byte[]> texts = new TreeMap<>();
        for (String name : names(jar).toList()) {
            if (name.startsWith(THIRD_PARTY + directory + "/")) {
                texts.put(name.substring(name.lastIndexOf('/') + 1), bytes(jar, name));
            }
        }
        return texts;
    }

    @Test
    void everyClassComesFromALibraryOfTheClassPath() throws IOException {
        Set<String> unknown = new TreeSet<>(code);
        for (Library library : shaded) {
            unknown.removeAll(code(library));
        }
        assertThat(unknown).isEmpty();
        assertThat(code).isNotEmpty();
    }

    @Test
    void everyPackageHasTheFullTextOfItsLicense() throws IOException {
        SoftAssertions softly = new SoftAssertions();
        Set<String> packages = code.stream()
                .filter(entry -> entry.endsWith(".class"))
                .map(entry -> entry.substring(0, entry.lastIndexOf('/')).replace('/', '.'))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> unlicensed = new TreeSet<>();
        Set<Row> rows = new LinkedHashSet<>();
        packages.forEach(name -> rowOfPackage(name).ifPresentOrElse(rows::add, () -> unlicensed.add(name)));
        shaded.forEach(library -> rows.add(rowOf(library.artifact())));
        softly.assertThat(unlicensed).as("packages without a row").isEmpty();
        for (Row row : rows) {
            softly.assertThat(PHRASES).containsKey(row.license());
            List<String> texts = texts(row.directory()).values().stream()
                    .map(text -> new String(text, StandardCharsets.UTF_8).replaceAll("\\s+", " "))
                    .toList();
            softly.assertThat(texts)
                    .as("the text of %s in %s", row.license(), row.directory())
                    .anyMatch(text -> text.contains(PHRASES.getOrDefault(row.license(), row.license())));
        }
        softly.assertAll();
    }

    @Test
    void everyLibraryHasTheLicensesAndNoticesOfItsOwnJar() throws IOException {
        SoftAssertions softly = new SoftAssertions();
        for (Library library : shaded) {
            Map<String, byte[]> texts = texts(rowOf(library.artifact()).directory());
            for (Path file : library.jars()) {
                try (JarFile from = new JarFile(file.toFile())) {
                    for (String name :
                            names(from).filter(each -> each.matches(TEXT)).toList()) {
                        softly.assertThat(texts.get(name.substring(name.lastIndexOf('/') + 1)))
                                .as("%s of %s", name, file.getFileName())
                                .isEqualTo(bytes(from, name));
                    }
                }
            }
        }
        softly.assertAll();
    }

    @Test
    void theDirectoriesOfTextsAreThoseOfTheLibraries() {
        Set<String> needed = new TreeSet<>();
        shaded.forEach(library -> needed.add(rowOf(library.artifact()).directory()));
        insideOthers().forEach(row -> needed.add(row.directory()));
        Set<String> present = names(jar)
                .filter(name -> name.startsWith(THIRD_PARTY) && name.indexOf('/', THIRD_PARTY.length()) > 0)
                .map(name -> name.substring(THIRD_PARTY.length(), name.indexOf('/', THIRD_PARTY.length())))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(present).isEqualTo(needed);
    }

    @Test
    void theLicenseAndTheNoticeOfTheProjectAreInTheJar() throws IOException {
        Path root = Path.of("").toAbsolutePath().getParent();
        assertThat(text("META-INF/LICENSE")).isEqualTo(Files.readString(root.resolve("LICENSE")));
        assertThat(text("META-INF/NOTICE")).isEqualTo(Files.readString(root.resolve("NOTICE")));
        assertThat(names(jar).toList())
                .doesNotHaveDuplicates()
                .filteredOn(name -> name.matches(TEXT))
                .containsExactlyInAnyOrder("META-INF/LICENSE", "META-INF/NOTICE");
    }

    @Test
    void theVersionsOfLibrariesInsideOthersAreThoseOnTheClassPath() throws IOException {
        assertThat(properties("META-INF/maven/org.jctools/jctools-core/pom.properties"))
                .containsEntry(
                        "version", classPath.get("org.jctools:jctools-core").version());
        assertThat(text("META-INF/maven/tools.jackson.core/jackson-core/pom.xml")
                        .replaceAll("\\s", ""))
                .contains("<artifactId>fastdoubleparser</artifactId><version>"
                        + classPath.get("ch.randelshofer:fastdoubleparser").version() + "<");
    }

    private Map<Object, Object> properties(String entry) throws IOException {
        Properties properties = new Properties();
        try (InputStream input = jar.getInputStream(jar.getEntry(entry))) {
            properties.load(input);
        }
        return properties;
    }

    @Test
    void theBillOfMaterialsListsExactlyTheLibrariesOfTheJarWithVersionAndLicense() throws IOException {
        Map<String, String> listed = new TreeMap<>();
        SoftAssertions softly = new SoftAssertions();
        for (JsonNode each : sbom().get("components")) {
            String artifact =
                    each.get("group").asString() + ":" + each.get("name").asString();
            if (!artifact.startsWith(OURS + ":")) {
                listed.put(artifact, each.get("version").asString());
                softly.assertThat(license(each))
                        .as(artifact)
                        .isEqualTo(rowOf(artifact).license());
            }
        }
        Map<String, String> contained = new TreeMap<>();
        shaded.forEach(library -> contained.put(library.artifact(), library.version()));
        insideOthers()
                .forEach(row -> contained.put(
                        row.library(), classPath.get(row.library()).version()));
        // Libraries without code of their own, which only depend on others: they are on the class path, but leave no
        // trace in the jar.
        for (String artifact : listed.keySet()) {
            Library library = classPath.get(artifact);
            if (library != null && code(library).isEmpty()) {
                contained.put(artifact, library.version());
            }
        }
        softly.assertThat(listed).isEqualTo(contained);
        softly.assertAll();
    }

    @Test
    void theBillOfMaterialsHasTheVersionsThatNettyReactorAndJacksonGiveThemselves() throws IOException {
        Map<String, String> listed = new TreeMap<>();
        for (JsonNode each : sbom().get("components")) {
            listed.put(
                    each.get("purl").asString().replaceAll("@.*", ""),
                    each.get("version").asString());
        }
        assertThat(listed)
                .containsEntry("pkg:maven/io.netty/netty-common", (String)
                        properties("META-INF/io.netty.versions.properties").get("netty-common.version"))
                .containsEntry("pkg:maven/tools.jackson.core/jackson-databind", (String)
                        properties("META-INF/maven/tools.jackson.core/jackson-databind/pom.properties")
                                .get("version"));
        Path reactor = classPath.get("io.projectreactor:reactor-core").jars().get(0);
        try (JarFile from = new JarFile(reactor.toFile())) {
            assertThat(listed)
                    .containsEntry(
                            "pkg:maven/io.projectreactor/reactor-core",
                            from.getManifest().getMainAttributes().getValue("Implementation-Version"));
        }
    }

    @Test
    void theBillOfMaterialsHasNothingThatDiffersBetweenBuilds() throws IOException {
        JsonNode sbom = sbom();
        assertThat(sbom.get("bomFormat").asString()).isEqualTo("CycloneDX");
        assertThat(sbom.has("serialNumber")).isFalse();
        assertThat(sbom.get("metadata").has("timestamp")).isFalse();
    }

    private JsonNode sbom() throws IOException {
        assumeFalse(
                "offline=true".equals(System.getProperty("grasp.maven")) && jar.getEntry(sbom) == null,
                "Maven is offline, so it skips the CycloneDX plugin: there is no bill of materials");
        return new JsonMapper().readTree(text(sbom));
    }

    /** The license of a component, as the table writes it. */
    private static String license(JsonNode component) {
        Set<String> names = new TreeSet<>();
        for (JsonNode each : component.path("licenses")) {
            JsonNode license = each.path("license");
            names.add(
                    each.has("expression")
                            ? each.get("expression").asString()
                            : license.path("id").asString(license.path("name").asString("")));
        }
        String all = String.join(" or ", names);
        if (all.contains("Classpath exception") || all.contains("classpath-exception")) {
            return "GPL-2.0-with-classpath-exception";
        }
        if (all.contains("CC0")) {
            return "CC0-1.0 or BSD-2-Clause";
        }
        return all.contains("Apache") ? "Apache-2.0" : all;
    }
}
