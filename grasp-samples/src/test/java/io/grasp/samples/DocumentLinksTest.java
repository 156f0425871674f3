package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The links of the project's pages lead somewhere. Links to other hosts are only checked for their form. */
class DocumentLinksTest {
    private static final List<String> OTHER_PAGES = List.of(
            "README.md",
            "CHANGELOG.md",
            "CONTRIBUTING.md",
            "SECURITY.md",
            "benchmarks/README.md",
            "third-party/README.md");

    private static final Pattern INLINE_CODE = Pattern.compile("`[^`]*`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^()\\s]+)\\)");

    @TempDir
    private Path temporary;

    @Test
    void eachLinkLeadsToAFileAndAHeading() throws IOException {
        List<Path> pages = pages();
        List<String> broken = new ArrayList<>();
        for (Path page : pages) {
            broken.addAll(broken(page));
        }
        assertThat(pages).hasSizeGreaterThan(20);
        assertThat(broken).isEmpty();
    }

    @Test
    void theIndexLinksToEachPage() throws IOException {
        Path docs = Project.root().resolve("docs");
        Set<String> linked = links(docs.resolve("index.md")).stream()
                .map(link -> link.replaceFirst("#.*", ""))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> missing = new TreeSet<>();
        for (Path page : pages()) {
            String path = docs.relativize(page).toString().replace('\\', '/');
            if (!path.equals("index.md") && !linked.contains(path)) {
                missing.add(path);
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void brokenLinksAreFound() throws IOException {
        Path page = temporary.resolve("page.md");
        Files.writeString(temporary.resolve("other.md"), "# One `word`\n## Why, and how?\n## Why, and how?\n");
        Files.writeString(
                page,
                String.join(
                        "\n",
                        "[a](other.md) [b](other.md#one-word) [c](#own) [d](https://example.com/x) `[e](none.md)`",
                        "[f](none.md) [g](other.md#two) [h](https:/example.com) [i](http://example.com)",
                        "[j](other.md#why-and-how) [k](other.md#why-and-how-1) [l](other.md#why-and-how-2)",
                        "```",
                        "[m](none.md)",
                        "# none",
                        "```",
                        "# Own",
                        "[n](#none)"));

        assertThat(broken(page))
                .containsExactly(
                        "page.md: none.md",
                        "page.md: other.md#two",
                        "page.md: https:/example.com",
                        "page.md: http://example.com",
                        "page.md: other.md#why-and-how-2",
                        "page.md: #none");
    }

    static List<Path> pages() throws IOException {
        Path root = Project.root();
        List<Path> pages = new ArrayList<>();
        OTHER_PAGES.forEach(page -> pages.add(root.resolve(page)));
        try (Stream<Path> docs = Files.list(root.resolve("docs"))) {
            docs.filter(page -> page.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages;
    }

    static List<String> broken(Path page) throws IOException {
        List<String> broken = new ArrayList<>();
        for (String link : links(page)) {
            if (!leadsSomewhere(page, link)) {
                broken.add(page.getFileName() + ": " + link);
            }
        }
        return broken;
    }

    private static boolean leadsSomewhere(Path page, String link) throws IOException {
        if (link.matches("[a-z]+:.*")) {
            URI uri = URI.create(link);
            return "https".equals(uri.getScheme()) && uri.getHost() != null;
        }
        int hash = link.indexOf('#');
        String path = hash < 0 ? link : link.substring(0, hash);
        Path target = path.isEmpty() ? page : page.resolveSibling(path).normalize();
        return Files.exists(target) && (hash < 0 || anchors(target).contains(link.substring(hash + 1)));
    }

    private static List<String> links(Path page) throws IOException {
        return text(page).stream()
                .flatMap(line -> LINK.matcher(INLINE_CODE.matcher(line).replaceAll("`"))
                        .results()
                        .map(link -> link.group(1)))
                .toList();
    }

    /** The anchors that GitHub gives to the headings of a page. */
    private static Set<String> anchors(Path page) throws IOException {
        Map<String, Integer> seen = new HashMap<>();
        Set<String> anchors = new HashSet<>();
        for (String line : text(page)) {
            if (line.matches("#+ .*")) {
                String anchor = line.replaceFirst("#+ +", "")
                        .replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
                        .toLowerCase(Locale.ROOT)
                        .strip()
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-');
                int earlier = seen.merge(anchor, 1, Integer::sum) - 1;
                anchors.add(earlier == 0 ? anchor : anchor + "-" + earlier);
            }
        }
        return anchors;
    }

    /** The lines of a page without blocks of code. */
    private static List<String> text(Path page) throws IOException {
        List<String> text = new ArrayList<>();
        boolean inCode = false;
        for (String line : Files.readAllLines(page)) {
            if (line.strip().startsWith("```")) {
                inCode = !inCode;
            } else if (!inCode) {
                text.add(line);
            }
        }
        return text;
    }
}
