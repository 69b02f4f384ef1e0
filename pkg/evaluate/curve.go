package evaluate

import (
	"fmt"
	"io"
)

// The picture's size and margins, in pixels.
const (
	curveWidth, curveHeight = 720, 400
	curveLeft, curveTop     = 70, 30
	plotWidth, plotHeight   = 610, 300
	// curveLowest is the least recall drawn; curveFrom the lowest threshold.
	curveLowest = 0.5
	curveFrom   = 0.6
)

// DrawCurve writes an SVG of recall and of the share of clear names that hit, by threshold.
func DrawCurve(w io.Writer, report RecallReport) error {
	var err error
	printf := func(format string, values ...any) {
		if err == nil {
			_, err = fmt.Fprintf(w, format, values...)
		}
	}
	printf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13">`+"\n", curveWidth, curveHeight)
	printf(`<rect width="%d" height="%d" fill="#fff"/>`+"\n", curveWidth, curveHeight)
	for i := range 6 {
		y := float64(curveTop) + float64(plotHeight)*float64(i)/5
		printf(`<line x1="%d" y1="%.0f" x2="%d" y2="%.0f" stroke="#ddd"/>`+"\n", curveLeft, y, curveLeft+plotWidth, y)
		printf(`<text x="%d" y="%.0f" text-anchor="end" fill="#0b6">%.0f %%</text>`+"\n", curveLeft-8, y+4, 100-10*float64(i))
		printf(`<text x="%d" y="%.0f" fill="#b30">%.1f %%</text>`+"\n", curveLeft+plotWidth+4, y+4, 5-float64(i))
	}
	for i := range 9 {
		threshold := curveFrom + float64(i)*0.05
		printf(`<text x="%.0f" y="%d" text-anchor="middle">%.2f</text>`+"\n", curveX(threshold), curveTop+plotHeight+18, threshold)
	}
	recall, hits := "", ""
	for _, point := range report.Curve {
		if point.Threshold < curveFrom {
			continue
		}
		x := curveX(point.Threshold)
		recall += fmt.Sprintf("%.1f,%.1f ", x, curveTop+plotHeight*(1-max(point.Recall-curveLowest, 0)/(1-curveLowest)))
		hits += fmt.Sprintf("%.1f,%.1f ", x, curveTop+plotHeight*(1-min(point.FPR, 0.05)/0.05))
	}
	printf(`<polyline points="%s" fill="none" stroke="#0b6" stroke-width="2.5"/>`+"\n", recall)
	printf(`<polyline points="%s" fill="none" stroke="#b30" stroke-width="2.5"/>`+"\n", hits)
	x := curveX(report.Default.Threshold)
	printf(`<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="#555" stroke-dasharray="4 3"/>`+"\n", x, curveTop, x, curveTop+plotHeight)
	printf(`<text x="%.1f" y="%d" fill="#555">default %.2f</text>`+"\n", x+4, curveTop+14, report.Default.Threshold)
	printf(`<text x="%d" y="%d" fill="#0b6">listed names found (left)</text>`+"\n", curveLeft, curveTop-10)
	printf(`<text x="%d" y="%d" fill="#b30" text-anchor="end">clear names that hit (right)</text>`+"\n", curveLeft+plotWidth, curveTop-10)
	printf(`<text x="%d" y="%d" text-anchor="middle">threshold</text>`+"\n</svg>\n", curveLeft+plotWidth/2, curveTop+plotHeight+42)
	if err != nil {
		return fmt.Errorf("draw curve: %w", err)
	}
	return nil
}

func curveX(threshold float64) float64 {
	return curveLeft + plotWidth*(threshold-curveFrom)/(1-curveFrom)
}
