package io.grasp.samples;

import io.grasp.samples.text.Documents;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/**
 * Texts of the packages, which the build makes from the commands and the documentation: manual pages in AsciiDoc, the
 * completion of bash, the configuration file, and pages whose links lead to files of the package. The profile
 * {@code packages} runs this class. Texts name the places of files in the Debian package; those of the tar.gz name them
 * below its directory.
 */
final class PackagedTexts {
    private static final int WIDTH = 80;

    /** The directory of the documentation. */
    private static final String DOCUMENTS = "/usr/share/doc/grasp/";

    private static final Pattern DOCUMENT = Pattern.compile("docs/.*\\.(md|svg|png|csv|json|yml)"
            + "|(README|CHANGELOG|SECURITY)\\.md|NOTICE|tools/wireshark/grasp\\.lua");
    private static final Pattern FENCE = Pattern.compile("(?m)^ *```.*\\R");
    private static final Pattern LINK = Pattern.compile("\\[([^]]*)]\\(([^()\\s]+)\\)");

    /** The byte of the header of gzip (RFC 1952) that says how the file was compressed, and its value for best. */
    private static final int EXTRA_FLAGS = 8;

    private static final byte BEST_COMPRESSION = 2;

    private PackagedTexts() {}

    /**
     * Runs one step: {@code write VERSION TIME PAGES COMPLETION CONFIG}, {@code compress FROM TO}, {@code changelog
     * VERSION TIME MAINTAINER FILE}, {@code documents PROJECT TO}, or {@code unpacked TREE}.
     */
    public static void main(String[] args) throws IOException {
        switch (args[0]) {
            case "write" ->
                write(args[1], Instant.parse(args[2]), Path.of(args[3]), Path.of(args[4]), Path.of(args[5]));
            case "compress" -> compress(Path.of(args[1]), Path.of(args[2]));
            case "changelog" -> changelog(args[1], Instant.parse(args[2]), args[3], Path.of(args[4]));
            case "documents" -> documents(Path.of(args[1]), Path.of(args[2]));
            case "unpacked" -> unpacked(Path.of(args[1]));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static void write(String version, Instant time, Path pages, Path completion, Path config)
            throws IOException {
        System.setProperty(Documents.PROPERTY, DOCUMENTS);
        CommandLine commands = Main.commandLine().setUsageHelpWidth(WIDTH);
        List<CommandSpec> all = withSubcommands(commands.getCommandSpec());
        all.forEach(command -> prepare(command, version));
        int code = ManPageGenerator.generateManPage(
                pages.toFile(), (File) null, new boolean[0], true, commands.getCommandSpec());
        if (code != CommandLine.ExitCode.OK) {
            throw new IllegalStateException("manual pages could not be written: " + code);
        }
        for (CommandSpec command : all) {
            Path page = pages.resolve(command.qualifiedName("-") + ".adoc");
            // The links are for HTML.
            String text = Files.readString(page).replaceAll("xref:[^\\[]*\\[([^\\]]*)]", "$1");
            Files.writeString(
                    page, ":docdate: " + time.atOffset(ZoneOffset.UTC).toLocalDate() + "\n" + text + closing(command));
        }
        Files.createDirectories(completion.getParent());
        // It is read by a shell, and not run.
        Files.writeString(completion, AutoComplete.bash("grasp", commands).replaceFirst("^#!.*\n", ""));
        Files.createDirectories(config.getParent());
        Files.writeString(config, config(commands.getSubcommands().get("daemon").getCommandSpec()));
    }

    /** {@return a file for {@code --config} with each option of a command, none of which is set} */
    private static String config(CommandSpec command) {
        StringBuilder text = new StringBuilder("""
                # Options of the node that grasp.service runs, see grasp-daemon(1). A line sets one of them, by its long name
                # without dashes; some may be repeated. Check a change with:
                #
                #   grasp daemon --check --config /etc/grasp/grasp.conf
                #
                # A node needs protection (RFC 8990 section 2.5.1): a certificate (identity, with neighbor, bind, find-neighbors
                # or acp-interface), or assume-secure where something outside the program protects the links.
                #
                # Other commands read this file with --config, too, and use the options that they have. Options below a line
                # such as [discover] are for that command only, and replace those above.
                """);
        for (OptionSpec option : command.options()) {
            if (!ConfigFile.mayHave(option)) {
                continue;
            }
            text.append('\n');
            String description = String.join(" ", option.description());
            text.append(description.replaceAll("(.{1,116})(?: |$)", "# $1\n"));
            String value = option.arity().max() == 0 ? "" : " = " + option.paramLabel();
            text.append('#')
                    .append(option.longestName().substring(2))
                    .append(value)
                    .append('\n');
        }
        return text.toString();
    }

    private static List<CommandSpec> withSubcommands(CommandSpec command) {
        List<CommandSpec> all = new ArrayList<>(List.of(command));
        command.subcommands().values().forEach(each -> all.addAll(withSubcommands(each.getCommandSpec())));
        return all;
    }

    private static void prepare(CommandSpec command, String version) {
        UsageMessageSpec usage = command.usageMessage();
        command.versionProvider(null).version("grasp " + version);
        usage.header(summary(usage.description()[0]))
                .footer(new String[0])
                .exitCodeListHeading("Exit status")
                .exitCodeList(ExitCodes.table());
    }

    /** {@return the first sentence, or its first part, for the heading of a page and lists of commands} */
    private static String summary(String description) {
        return description.split("(?<!\\b(?:RFC|e\\.g))[.;:]( |$)", 2)[0];
    }

    private static String closing(CommandSpec command) {
        String parent = command.parent() == null ? "" : "*" + command.parent().qualifiedName("-") + "*(1), ";
        return """

                == Files

                _/etc/grasp/grasp.conf_::
                  The options of the service, for *--config*.

                _/usr/share/doc/grasp/docs/index.md_::
                  The documentation.

                == Environment

                *GRASP_JAVA*::
                  The java command that runs this program, of version 17 or later. Without it, that of *JAVA_HOME*, of *PATH*, or in _/usr/lib/jvm_ is used.

                *GRASP_JAVA_OPTS*::
                  Options of the JVM, such as _-Xmx256m_, which replace those that the program gives to it.

                == See also

                %s*grasp-help*(1), RFC 8990, RFC 8991
                """.formatted(parent);
    }

    /** Compresses each file of a directory, reproducibly. */
    private static void compress(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.write(to.resolve(file.getFileName() + ".gz"), gzip(Files.readAllBytes(file)));
            }
        }
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new BestGzip(bytes)) {
            gzip.write(content);
        }
        byte[] all = bytes.toByteArray();
        all[EXTRA_FLAGS] = BEST_COMPRESSION;
        return all;
    }

    private static final class BestGzip extends GZIPOutputStream {
        BestGzip(ByteArrayOutputStream out) throws IOException {
            super(out);
            def.setLevel(9);
        }
    }

    private static void changelog(String version, Instant time, String maintainer, Path file) throws IOException {
        String text = """
                grasp (%s) unstable; urgency=medium

                  * The changes are in /usr/share/doc/grasp/CHANGELOG.md.

                 -- %s  %s
                """.formatted(
                        // As jdeb writes it: in Debian's order 0.1.0~snapshot is before 0.1.0.
                        version.replace('-', '~').toLowerCase(Locale.ROOT),
                        maintainer,
                        DateTimeFormatter.RFC_1123_DATE_TIME
                                .format(time.atOffset(ZoneOffset.UTC))
                                .replace("GMT", "+0000"));
        Files.createDirectories(file.getParent());
        Files.write(file, gzip(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Copies the documentation. Links to files that the packages do not have become plain text. */
    private static void documents(Path project, Path to) throws IOException {
        List<String> names;
        try (Stream<Path> files = Files.walk(project.resolve("docs"))) {
            names = Stream.concat(
                            Stream.of("README.md", "CHANGELOG.md", "SECURITY.md", "NOTICE", "tools/wireshark/grasp.lua")
                                    .map(project::resolve),
                            files)
                    .map(file -> project.relativize(file).toString().replace('\\', '/'))
                    .filter(name -> DOCUMENT.matcher(name).matches())
                    .toList();
        }
        for (String name : names) {
            Path file = project.resolve(name);
            Path copy = to.resolve(name);
            Files.createDirectories(copy.getParent());
            if (name.endsWith(".md")) {
                Files.writeString(copy, linked(Path.of(name), Files.readString(file), names));
            } else if (name.endsWith(".yml")) {
                // Prometheus passes them on to people, who know nothing of this directory.
                String begin = "runbook_url: ";
                Files.writeString(copy, Files.readString(file).replace(begin, begin + "file://" + DOCUMENTS + "docs/"));
            } else if (name.endsWith("dashboard.json")) {
                Files.writeString(copy, Files.readString(file).replace(" docs/", " " + DOCUMENTS + "docs/"));
            } else {
                Files.copy(file, copy);
            }
        }
    }

    private static String linked(Path page, String text, List<String> names) {
        StringBuilder result = new StringBuilder();
        boolean inCode = false;
        int begin = 0;
        Matcher fence = FENCE.matcher(text);
        while (begin < text.length()) {
            int end = fence.find() ? fence.end() : text.length();
            String part = text.substring(begin, end);
            result.append(
                    inCode
                            ? part
                            : LINK.matcher(part).replaceAll(link -> {
                                String path = link.group(2).replaceFirst("#.*", "");
                                boolean leads = path.isEmpty()
                                        || path.matches("[a-z]+:.*")
                                        || names.contains(page.resolveSibling(path)
                                                .normalize()
                                                .toString());
                                return Matcher.quoteReplacement(leads ? link.group() : link.group(1));
                            }));
            inCode = !inCode;
            begin = end;
        }
        return result.toString();
    }

    /** Changes the tree of the Debian package to that of the tar.gz, which can be unpacked anywhere. */
    private static void unpacked(Path tree) throws IOException {
        change(tree.resolve("etc/grasp/grasp.conf"), PackagedTexts::below);
        Path docs = tree.resolve("share/doc/grasp/docs");
        change(docs.resolve("grafana-dashboard.json"), PackagedTexts::below);
        change(docs.resolve("prometheus-alerts.yml"), text -> text.replace("file://" + DOCUMENTS + "docs/", ""));
        try (Stream<Path> pages = Files.list(tree.resolve("share/man/man1"))) {
            for (Path page : pages.toList()) {
                String text;
                try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(Files.readAllBytes(page)))) {
                    text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                }
                String heading = ".SH \"FILES\"\n";
                String changed = below(text)
                        .replace(heading, heading + ".sp\nBelow the directory where this program was unpacked:\n");
                Files.write(page, gzip(changed.getBytes(StandardCharsets.UTF_8)));
            }
        }
    }

    private static void change(Path file, UnaryOperator<String> change) throws IOException {
        Files.writeString(file, change.apply(Files.readString(file)));
    }

    private static String below(String text) {
        return text.replace(DOCUMENTS, DOCUMENTS.substring("/usr/".length())).replace("/etc/grasp/", "etc/grasp/");
    }
}
