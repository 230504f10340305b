// Ranks texts with the Chinese analyzers of Lucene, BM25 and one field, as a search product does by default.
// Input: two files with an id, a tab and a text a line. Output: analyzer, query and the ids found, best first.

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.cjk.CJKAnalyzer;
import org.apache.lucene.analysis.cn.smart.SmartChineseAnalyzer;
import org.apache.lucene.analysis.icu.segmentation.ICUTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.wltea.analyzer.lucene.IKAnalyzer;

public class Baselines {
    private static final int DEPTH = 100;

    public static void main(String[] paths) throws Exception {
        for (Map.Entry<String, Analyzer> each : analyzers().entrySet()) {
            IndexSearcher searcher = index(Path.of(paths[0]), each.getValue());
            for (String line : Files.readAllLines(Path.of(paths[1]))) {
                String[] cells = line.split("\t", 2);
                StringBuilder ids = new StringBuilder();
                for (ScoreDoc hit : searcher.search(read(cells[1], each.getValue()), DEPTH).scoreDocs) {
                    ids.append(' ').append(searcher.storedFields().document(hit.doc).get("id"));
                }
                System.out.println(each.getKey() + "\t" + cells[0] + "\t" + ids.toString().strip());
            }
        }
    }

    private static Map<String, Analyzer> analyzers() {
        Map<String, Analyzer> named = new LinkedHashMap<>();
        named.put("Lucene smartcn", new SmartChineseAnalyzer());
        named.put("Lucene ICU", new Analyzer() {
            @Override
            protected TokenStreamComponents createComponents(String field) {
                Tokenizer words = new ICUTokenizer();
                return new TokenStreamComponents(words, new LowerCaseFilter(words));
            }
        });
        named.put("IK, finest words", new IKAnalyzer(false));
        named.put("Lucene CJK bigrams", new CJKAnalyzer());
        return named;
    }

    private static IndexSearcher index(Path texts, Analyzer analyzer) throws Exception {
        ByteBuffersDirectory memory = new ByteBuffersDirectory();
        try (IndexWriter writer = new IndexWriter(memory, new IndexWriterConfig(analyzer))) {
            for (String line : Files.readAllLines(texts)) {
                String[] cells = line.split("\t", 2);
                Document document = new Document();
                document.add(new StringField("id", cells[0], Field.Store.YES));
                document.add(new TextField("text", cells[1], Field.Store.NO));
                writer.addDocument(document);
            }
        }
        return new IndexSearcher(DirectoryReader.open(memory));
    }

    private static Query read(String text, Analyzer analyzer) throws Exception {
        BooleanQuery.Builder any = new BooleanQuery.Builder();
        try (var tokens = analyzer.tokenStream("text", text)) {
            CharTermAttribute token = tokens.addAttribute(CharTermAttribute.class);
            tokens.reset();
            while (tokens.incrementToken()) {
                any.add(new TermQuery(new Term("text", token.toString())), BooleanClause.Occur.SHOULD);
            }
            tokens.end();
        }
        return any.build();
    }
}
