package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** The poms that users of the libraries get name the libraries that are needed, in fixed versions, and nothing else. */
class PublishedPomIT {
    @ParameterizedTest
    @ValueSource(strings = {"grasp-core", "grasp-reactive-api"})
    void thePomHasNothingButWhatUsersNeed(String module) throws Exception {
        Element pom = read(module);

        assertThat(children(pom).stream().map(Node::getNodeName))
                .contains("groupId", "artifactId", "version", "name", "description", "licenses", "developers")
                .doesNotContain("parent", "build", "profiles", "properties", "dependencyManagement", "modules");
        assertThat(pom.getTextContent()).doesNotContain("${");
    }

    @ParameterizedTest
    @ValueSource(strings = {"grasp-core", "grasp-reactive-api"})
    void eachDependencyHasAVersionAndIsNeededAtRunTime(String module) throws Exception {
        List<Map<String, String>> dependencies = dependencies(read(module));

        assertThat(dependencies).isNotEmpty().allSatisfy(dependency -> {
            assertThat(dependency.get("scope")).isIn("compile", "runtime");
            assertThat(dependency.get("version")).matches("\\d.*");
        });
        assertThat(dependencies.stream()
                        .filter(dependency -> dependency.get("groupId").equals("io.netty"))
                        .map(dependency -> dependency.get("version"))
                        .distinct())
                .as("versions of Netty")
                .hasSizeLessThanOrEqualTo(1);
        assertThat(dependencies.stream()
                        .filter(dependency -> "true".equals(dependency.get("optional")))
                        .map(dependency -> dependency.get("artifactId")))
                .isSubsetOf("micrometer-core", "context-propagation", "slf4j-api");
    }

    private static Element read(String module) throws Exception {
        File pom = Project.root().resolve(module).resolve("target/pom.xml").toFile();
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(pom)
                .getDocumentElement();
    }

    private static List<Map<String, String>> dependencies(Element pom) {
        List<Map<String, String>> dependencies = new ArrayList<>();
        for (Element list : children(pom)) {
            if (list.getNodeName().equals("dependencies")) {
                for (Element dependency : children(list)) {
                    Map<String, String> parts = new LinkedHashMap<>();
                    children(dependency).forEach(part -> parts.put(part.getNodeName(), part.getTextContent()));
                    dependencies.add(parts);
                }
            }
        }
        return dependencies;
    }

    private static List<Element> children(Element of) {
        List<Element> children = new ArrayList<>();
        for (Node child = of.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element element) {
                children.add(element);
            }
        }
        return children;
    }
}
