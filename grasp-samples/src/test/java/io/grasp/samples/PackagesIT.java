package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grasp.api.GraspConfig;
import io.grasp.model.MemoryNeed;
import io.grasp.substrate.netty.acp.AcpConfig;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packages that the profile {@code packages} makes: their files work where they are unpacked. */
@Timeout(120)
class PackagesIT {
    private static final Path TARGET = Path.of("target");
    private static final boolean CI = "true".equals(System.getenv("CI"));
    private static final long KIB_IN_MIB = 1024;
    private static final int MOST_MIB = 96;
    private static final int SOME_DULL_INSTANCES = 4;
    private static final int RUNS = 20;
    private static final Duration LONGEST_ARCHIVE = Duration.ofSeconds(180);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final double MOST_OF_TIME = 0.65;

    @TempDir
    static Path directory;

    /** The unpacked tar.gz. */
    private static Path tree;

    /** The unpacked .deb. */
    private static Path root;

    private final List<RunningProcess> started = new ArrayList<>();

    @BeforeAll
    static void unpack() throws IOException {
        Path tar = built("grasp-*.tar.gz");
        Path place = Files.createDirectory(directory.resolve("a place"));
        run("tar", "xzf", tar.toString(), "-C", place.toString());
        tree = place.resolve(tar.getFileName().toString().replace(".tar.gz", ""));
        if (isInstalled("dpkg-deb")) {
            root = directory.resolve("root");
            run("dpkg-deb", "-x", built("grasp_*_all.deb").toString(), root.toString());
        }
        // With a class data archive, for the JVM of these tests. It takes several runs of the JVM.
        long begin = System.nanoTime();
        RunningProcess archive = start(tree.resolve("lib/grasp/make-archive").toString());
        while (!archive.hasEnded() && System.nanoTime() - begin < LONGEST_ARCHIVE.toNanos()) {
            LockSupport.parkNanos(POLL.toNanos());
        }
        assertThat(archive.exit()).as(archive.toString()).isZero();
        assertThat(archive.errors()).isEmpty();
    }

    @AfterEach
    void kill() {
        started.forEach(RunningProcess::kill);
    }

    private static Path built(String name) throws IOException {
        try (var files = Files.newDirectoryStream(TARGET, name)) {
            for (Path file : files) {
                return file;
            }
        }
        assumeTrue(CI, "there is no target/" + name + ": it is built with -Ppackages");
        return fail("there is no target/" + name);
    }

    private static boolean isInstalled(String tool) {
        return Stream.of(System.getenv("PATH").split(":")).anyMatch(each -> Files.isExecutable(Path.of(each, tool)));
    }

    private static void require(String tool) {
        assumeTrue(CI || isInstalled(tool), tool + " is not installed");
    }

    private static RunningProcess start(String... command) {
        ProcessBuilder builder =
                new ProcessBuilder(Stream.concat(Stream.of("env", "--default-signal=HUP,INT"), Arrays.stream(command))
                        .toList());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "GRASP_JAVA_OPTS"));
        environment.put(
                "GRASP_JAVA",
                Path.of(System.getProperty("java.home"), "bin", "java").toString());
        environment.put("LC_ALL", "C.UTF-8");
        try {
            return new RunningProcess(String.join(" ", command), builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RunningProcess run(String... command) {
        RunningProcess process = start(command);
        assertThat(process.exit()).as(process.toString()).isZero();
        return process;
    }

    /** {@return what a command prints, without errors} */
    private static List<String> output(String... command) {
        RunningProcess process = run(command);
        assertThat(process.errors()).as(process.toString()).isEmpty();
        return process.output();
    }

    private static String grasp() {
        return tree.resolve("bin/grasp").toString();
    }

    @Test
    void theLauncherPassesArgumentsAndExitCodesAndUsesTheArchive() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), tree.resolve("bin/grasp"));

        assertThat(output(link.toString(), "--version"))
                .singleElement()
                .asString()
                .startsWith("grasp ")
                .doesNotContain("not from a jar");
        // A JVM that cannot use the archive fails then.
        assertThat(output("env", "GRASP_JAVA_OPTS=-Xshare:on", grasp(), "--version"))
                .hasSize(1);
        assertThat(start(grasp(), "decode", "--wrong option").exit()).isEqualTo(2);
    }

    /** A runtime of Java 17 that prints its options, one a line. */
    private static Path options() throws IOException {
        Path java = Files.createDirectories(directory.resolve("options/bin")).resolve("java");
        if (Files.notExists(java)) {
            Files.writeString(java, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
            assertThat(java.toFile().setExecutable(true)).isTrue();
            Files.writeString(directory.resolve("options/release"), "JAVA_VERSION=\"17.0.15\"\n");
        }
        return java;
    }

    private static List<String> options(String... arguments) throws IOException {
        return output(Stream.concat(Stream.of("env", "GRASP_JAVA=" + options(), grasp()), Stream.of(arguments))
                .toArray(String[]::new));
    }

    @Test
    void aCommandThatComputesHasTheDefaultsOfTheJvm() throws IOException {
        assertThat(options("daemon", "simulate")).contains("-XX:+UseSerialGC", "-Xmx576m");
        assertThat(options("--config=simulate", "daemon")).contains("-Xmx576m");
        assertThat(options("simulate", "--config", "daemon")).doesNotContain("-Xmx576m");
        assertThat(options("--config", "a file", "simulate"))
                .doesNotContain("-XX:+UseSerialGC", "-Xmx576m")
                .endsWith("--config", "a file", "simulate");
    }

    @Test
    void theUsersOptionsReplaceThoseOfTheLauncher() {
        for (String given : List.of(
                "GRASP_JAVA_OPTS=-XX:+UseG1GC",
                "GRASP_JAVA_OPTS=-Xint -XX:+UseParallelGC -Xmx40m",
                "GRASP_JAVA_OPTS=-Xmx16m",
                "GRASP_JAVA_OPTS=-Xms32m",
                "JDK_JAVA_OPTIONS=-XX:+UseG1GC")) {
            RunningProcess run = run("env", given, grasp(), "--version");
            assertThat(run.output()).as(given).hasSize(1);
        }
    }

    /** Logs are on standard error, and only results on standard output. */
    @Test
    void aThreadDumpWithTheHeapGoesToStandardError() {
        RunningProcess daemon = start(grasp(), "daemon", "--link=lo", "--assume-secure", "--json", "--no-control");
        started.add(daemon);
        daemon.awaitReady();

        daemon.signal("QUIT");

        daemon.awaitError("Full thread dump").awaitError("\"grasp-loop").awaitError("Heap");
        daemon.signal("TERM");
        assertThat(daemon.exit()).isEqualTo(143);
        assertThat(daemon.output()).allMatch(line -> line.startsWith("{"));
    }

    /** One after the other, so that another load of the machine counts for both. */
    @Tag("long")
    @Test
    @Timeout(900)
    void commandsStartInTwoThirdsOfTheTimeThatTheyTakeWithoutArchiveAndOptions() {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String jar = tree.resolve("lib/grasp/grasp.jar").toString();
        for (List<String> arguments : List.of(
                List.of("--version"), List.of("discover", "EX1", "--link=lo", "--assume-secure", "--timeout=1"))) {
            List<Long> plain = new ArrayList<>();
            List<Long> launched = new ArrayList<>();
            for (int run = 0; run < RUNS; run++) {
                plain.add(nanos(List.of(java, "-jar", jar), arguments));
                launched.add(nanos(List.of(grasp()), arguments));
            }
            assertThat(median(launched)).as("%s", arguments).isLessThanOrEqualTo(MOST_OF_TIME * median(plain));
        }
    }

    private static long nanos(List<String> program, List<String> arguments) {
        long begin = System.nanoTime();
        start(Stream.concat(program.stream(), arguments.stream()).toArray(String[]::new))
                .exit();
        return System.nanoTime() - begin;
    }

    private static double median(List<Long> times) {
        return times.stream().sorted().skip(times.size() / 2).findFirst().orElseThrow();
    }

    @Test
    void anArchiveThatDoesNotFitIsIgnoredWithoutAMessage() throws IOException {
        Path copy = directory.resolve("copy");
        run("cp", "-r", tree.toString(), copy.toString());
        String grasp = copy.resolve("bin/grasp").toString();

        // Of another jar: this one has another time.
        assertThat(output(grasp, "--version")).hasSize(1);
        Files.writeString(copy.resolve("lib/grasp/grasp.jsa"), "no archive");
        assertThat(output(grasp, "--version")).hasSize(1);
    }

    @Test
    void aRuntimeThatIsTooOldIsRefused() throws IOException {
        Path old = Files.createDirectories(directory.resolve("old/bin")).resolve("java");
        Files.writeString(old, "#!/bin/sh\nexit 9\n");
        assertThat(old.toFile().setExecutable(true)).isTrue();
        Files.writeString(directory.resolve("old/release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"11.0.2\"\n");

        RunningProcess refused = start("env", "GRASP_JAVA=" + old, grasp(), "--version");
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.errors())
                .containsExactly("grasp: GRASP_JAVA is not a Java runtime of version 17 or later: " + old);
        assertThat(output(
                        "env",
                        "-u",
                        "GRASP_JAVA",
                        "JAVA_HOME=" + old.getParent().getParent(),
                        grasp(),
                        "--version"))
                .hasSize(1);
    }

    @Test
    void anIdleDaemonIsSmallAndEndsWithTheCodeOfItsSignal() throws IOException {
        Path control = directory.resolve("control.sock");
        RunningProcess daemon =
                start(grasp(), "daemon", "--link=lo", "--assume-secure", "--json", "--control=" + control);
        started.add(daemon);
        daemon.awaitReady();

        assertThat(control).exists();
        assertThat(residentMib(daemon)).isLessThanOrEqualTo(MOST_MIB);
        daemon.signal("TERM");
        assertThat(daemon.exit()).as(daemon.toString()).isEqualTo(143);
    }

    /** It is the process that was started: the JVM has replaced the shell. */
    private static long residentMib(RunningProcess process) throws IOException {
        String status = Files.readString(Path.of("/proc", Long.toString(process.pid()), "status"));
        assertThat(status).startsWith("Name:\tjava\n");
        Matcher resident = Pattern.compile("VmRSS:\\s+(\\d+) kB").matcher(status);
        assertThat(resident.find()).isTrue();
        return Long.parseLong(resident.group(1)) / KIB_IN_MIB;
    }

    @Test
    void theHeapFitsTheStatedNeedOfEachKindOfNode() throws IOException {
        String launcher = Files.readString(tree.resolve("bin/grasp"));
        MemoryNeed dull =
                GraspConfig.dull("eth0", "AN_ACP", "AN_Proxy", "AN_proxy").worstCase();

        for (MemoryNeed network : List.of(
                MemoryNeed.NONE,
                OverlayConfig.defaults().worstCase(),
                AcpConfig.on("eth0").worstCase())) {
            MemoryNeed node = GraspConfig.defaults().worstCase().and(network);
            assertThat(mib(launcher, " -Xmx(\\d+)m -XX"))
                    .isGreaterThanOrEqualTo(mib(node.heapBytes() + SOME_DULL_INSTANCES * dull.heapBytes()) + 16);
            assertThat(mib(launcher, "-XX:MaxDirectMemorySize=(\\d+)m"))
                    .isGreaterThanOrEqualTo(mib(node.directBytes() + SOME_DULL_INSTANCES * dull.directBytes()));
        }
    }

    private static long mib(long bytes) {
        return (bytes >> 20) + 1;
    }

    private static long mib(String launcher, String option) {
        Matcher matcher = Pattern.compile(option).matcher(launcher);
        assertThat(matcher.find()).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    @Test
    void theManualPagesHaveNoWarningsAndNameEachOption() throws IOException {
        require("man");
        List<String> command = new ArrayList<>(List.of("env", "MANWIDTH=160", "man", "--warnings", "-l", "-P", "cat"));
        List<Path> pages;
        try (Stream<Path> files = Files.list(tree.resolve("share/man/man1"))) {
            pages = files.sorted().toList();
        }
        pages.forEach(page -> command.add(page.toString()));
        Map<String, String> texts = Stream.of(String.join("\n", output(command.toArray(String[]::new)))
                        .split("(?m)^(?=GRASP\\S*\\(1\\).*GRASP\\S*\\(1\\)$)"))
                .filter(text -> text.startsWith("GRASP"))
                .collect(Collectors.toMap(
                        text -> text.substring(0, text.indexOf('(')).toLowerCase(Locale.ROOT), text -> text));

        assertThat(texts).hasSameSizeAs(pages);
        Main.commandLine().getSubcommands().forEach((name, line) -> {
            String text = texts.get("grasp-" + name);
            assertThat(text).as(name).contains("NAME", "SYNOPSIS", "EXIT STATUS", "SEE ALSO");
            line.getCommandSpec().options().forEach(option -> assertThat(text).contains(option.longestName()));
        });
    }

    @Test
    void theFilesThatTextsReferToAreInThePackages() throws IOException {
        String documents = tree.resolve("share/doc/grasp") + "/";
        String help = String.join("", output(grasp(), "daemon", "--help")).replaceAll("\\s", "");

        assertThat(help).contains("(" + documents.replaceAll("\\s", "") + "docs/security.md)");
        assertNamed(tree, "(?<![\\w/])share/doc/grasp/[\\w./-]*\\w", tree);
        assertThat(Files.readString(tree.resolve("share/doc/grasp/docs/prometheus-alerts.yml")))
                .contains(" runbook_url: operating.md#");
        if (root != null) {
            assertNamed(root.resolve("usr"), "/usr/share/doc/grasp/[\\w./-]*\\w", root);
            assertThat(Files.readString(root.resolve("usr/share/doc/grasp/docs/prometheus-alerts.yml")))
                    .contains(" runbook_url: file:///usr/share/doc/grasp/docs/operating.md#")
                    .doesNotContain(" operating.md#");
        }
    }

    /** Requires that each file exists that a manual page, the dashboard, an alert or the configuration file names. */
    private static void assertNamed(Path installed, String pattern, Path directory) throws IOException {
        Path documents = installed.resolve("share/doc/grasp");
        List<String> texts = new ArrayList<>(List.of(
                Files.readString(documents.resolve("docs/grafana-dashboard.json")),
                Files.readString(documents.resolve("docs/prometheus-alerts.yml")),
                Files.readString(directory.resolve("etc/grasp/grasp.conf"))));
        try (Stream<Path> pages = Files.list(installed.resolve("share/man/man1"))) {
            for (Path page : pages.toList()) {
                try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(page))) {
                    texts.add(new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\\-", "-"));
                }
            }
        }
        List<String> named = texts.stream()
                .flatMap(text -> Pattern.compile(pattern).matcher(text).results())
                .map(MatchResult::group)
                .distinct()
                .toList();
        assertThat(named).hasSizeGreaterThan(4);
        assertThat(named)
                .allSatisfy(name -> assertThat(directory.resolve(name.replaceFirst("^/", "")))
                        .isRegularFile());
        assertThat(documents.resolve("tools/wireshark/grasp.lua")).isRegularFile();
        assertThat(documents.resolve("CHANGELOG.md")).isRegularFile();
        try (Stream<Path> pages = Files.walk(documents)) {
            for (Path page :
                    pages.filter(each -> each.toString().endsWith(".md")).toList()) {
                assertThat(DocumentLinksTest.broken(page)).as("%s", page).isEmpty();
            }
        }
    }

    @Test
    void bashCompletesCommandsAndOptions() {
        require("bash");
        // compopt is only for a shell that completes a line of its user.
        String script =
                "compopt() { :; }; . \"$0\" && COMP_WORDS=(grasp \"$@\") COMP_CWORD=$# COMP_LINE=\"grasp $*\" && _complete_grasp"
                        + " && printf '%s\\n' \"${COMPREPLY[@]}\"";
        String completion =
                tree.resolve("share/bash-completion/completions/grasp").toString();

        assertThat(output("bash", "-c", script, completion, "disc")).containsExactly("discover");
        assertThat(output("bash", "-c", script, completion, "ca", "ser")).containsExactly("serve");
        assertThat(output("bash", "-c", script, completion, "daemon", "--dull"))
                .containsExactlyInAnyOrder("--dull", "--dull-objective");
    }

    @Test
    void zshCompletesByTheSameScript() throws IOException {
        require("zsh");
        Path script = directory.resolve("complete.zsh");
        Files.writeString(script, """
                zmodload zsh/zpty
                zpty shell zsh -f -i
                zpty -w shell "PS1= fpath=(${(q)1} \\$fpath); autoload -U compinit; compinit -u -D; stty -echo; print ready"
                zpty -r shell line '*ready*'
                zpty -n -w shell $'grasp disc\\t\\C-a print -r -- =\\C-e=\\n'
                zpty -r shell line '*=*discover*=*' && print -r -- found
                """);

        assertThat(output(
                        "zsh",
                        "-f",
                        script.toString(),
                        tree.resolve("share/zsh/site-functions").toString()))
                .contains("found");
    }

    @Test
    void theUnitIsValidAndItsCommandIsAccepted() throws IOException {
        assumeTrue(CI || root != null, "dpkg-deb is not installed");
        Path unit = root.resolve("usr/lib/systemd/system/grasp.service");
        String text = Files.readString(unit);
        String command = text.lines()
                .filter(line -> line.startsWith("ExecStart="))
                .map(line -> line.substring("ExecStart=".length()))
                .collect(Collectors.joining());
        List<String> words = new ArrayList<>(
                List.of(command.replace("/usr/bin", root.resolve("usr/bin").toString())
                        .replace("/etc/grasp", root.resolve("etc/grasp").toString())
                        .split(" ")));
        words.add("--no-control");
        // The configuration as installed says nothing about protection.
        RunningProcess refused = start(words.toArray(String[]::new));
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.errors()).singleElement().asString().startsWith("grasp: The network is not known to be");

        require("systemd-analyze");
        Path copy = directory.resolve("grasp.service");
        Files.writeString(copy, text.replace("/usr/bin", root.resolve("usr/bin").toString()));
        assertThat(output("systemd-analyze", "verify", "--man=no", copy.toString()))
                .isEmpty();
    }
}
